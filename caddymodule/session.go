package caddymodule

import (
	"context"
	"crypto/aes"
	"crypto/cipher"
	"crypto/rand"
	"encoding/base64"
	"encoding/binary"
	"encoding/hex"
	"errors"
	"net/http"
	"strconv"
	"time"

	"github.com/linkgate/linkgate/store"
)

// sessionCookie is the name of the cookie that requests ride on.
const sessionCookie = "linkgate_session"

// sessionKey is the name under which the store keeps the key of the cookies,
// so that they outlive restarts and hold on all gateways.
const sessionKey = "session_key"

// A sessionSealer makes and reads session cookies. A cookie says which link
// was used and until when others may ride on it. It is sealed with AES-256-GCM,
// which signs it and keeps the link out of sight.
type sessionSealer struct{ aead cipher.AEAD }

// newSessionSealer makes a sealer with the key that the vault keeps, and makes
// that key first where there is none. Otherwise it reads only: a store that
// cannot write any more still knows its key.
func newSessionSealer(ctx context.Context, vault store.Vault) (*sessionSealer, error) {
	key, err := store.Look(ctx, vault, sessionKey)
	if errors.Is(err, store.ErrNotFound) {
		fresh := make([]byte, 32)
		_, _ = rand.Read(fresh) // never fails: it ends the process instead
		key, err = vault.Keep(ctx, sessionKey, fresh)
	}
	if err != nil {
		return nil, err
	}
	block, err := aes.NewCipher(key)
	if err != nil {
		return nil, err
	}
	aead, err := cipher.NewGCMWithRandomNonce(block)
	if err != nil {
		return nil, err
	}
	return &sessionSealer{aead}, nil
}

// sealed plaintext: the 16 bytes of the link, the end in Unix milliseconds.
const sessionLen = store.LinkLen/2 + 8

// sessionPurpose is signed with each session: the key is good for no other.
var sessionPurpose = []byte(sessionCookie)

// appendSealed appends what a cookie holds.
func (s *sessionSealer) appendSealed(text []byte, link string, ends time.Time) ([]byte, error) {
	// one piece of memory for the plain and the sealed bytes
	plain, err := hex.AppendDecode(make([]byte, 0, 2*sessionLen+s.aead.Overhead()), []byte(link))
	if err != nil || len(plain) != store.LinkLen/2 {
		return nil, errors.New("sealing a session: not a link")
	}
	plain = binary.BigEndian.AppendUint64(plain, uint64(ends.UnixMilli()))
	sealed := s.aead.Seal(plain[sessionLen:], nil, plain, sessionPurpose)
	return base64.RawURLEncoding.AppendEncode(text, sealed), nil
}

// open returns the link that a cookie stands for, or nothing where it is not
// ours or over.
func (s *sessionSealer) open(value string, now time.Time) (link string, ok bool) {
	// strictly, so that a session has one spelling
	sealed, err := base64.RawURLEncoding.Strict().DecodeString(value)
	if err != nil {
		return "", false
	}
	plain, err := s.aead.Open(nil, nil, sealed, sessionPurpose)
	if err != nil || len(plain) != sessionLen {
		return "", false
	}
	ends := int64(binary.BigEndian.Uint64(plain[store.LinkLen/2:]))
	if now.UnixMilli() >= ends {
		return "", false
	}
	return hex.EncodeToString(plain[:store.LinkLen/2]), true
}

func hasSession(h http.Header) bool { return len(cookieValues(h, sessionCookie)) > 0 }

// ride lets a request pass on the use that opened its session. The session is
// bound to its link: a request that carries another token does not ride. The
// rules of this route are asked again, so that a session ends with its token
// and holds only where the token does; that the token is spent by now is what
// a session is for. A decision without a token means that there is no ride.
func (g *Gate) ride(r *http.Request, e *engine, a store.Attempt) (store.Decision, error) {
	if g.session == 0 {
		return store.Decision{}, nil
	}
	for _, value := range cookieValues(r.Header, sessionCookie) {
		link, ok := e.sessions.Load().open(value, a.Now)
		if !ok || a.Link != "" && a.Link != link {
			continue
		}
		attempt := a
		attempt.Link = link
		if d, err := g.again(r, e, attempt); err != nil || d.Admitted() {
			return d, err
		}
	}
	return store.Decision{}, nil
}

// setSession gives the browser a cookie for the requests of the page that it
// is about to get. It ends with the token at the latest.
func (g *Gate) setSession(w http.ResponseWriter, r *http.Request, p *passage) {
	e, err := g.app.open()
	if err != nil {
		return
	}
	now := g.app.now()
	ends := now.Add(g.session)
	if end := p.decision.Ends; !end.IsZero() && end.Before(ends) {
		ends = end
	}
	text := append(make([]byte, 0, 192), sessionCookie+"="...)
	text, err = e.sessions.Load().appendSealed(text, p.decision.Token.Link, ends)
	if err != nil {
		return
	}
	text = append(text, "; Path=/; Max-Age="...)
	text = strconv.AppendInt(text, max(1, int64(ends.Sub(now)/time.Second)), 10)
	text = append(text, "; HttpOnly"...)
	if r.TLS != nil {
		text = append(text, "; Secure"...)
	}
	text = append(text, "; SameSite=Lax"...)
	w.Header()["Set-Cookie"] = append(w.Header()["Set-Cookie"], string(text))
}
