package admin

import (
	"errors"
	"net/http"
	"strings"

	"go.uber.org/zap"

	"github.com/linkgate/linkgate/admin/budget"
	"github.com/linkgate/linkgate/store"
)

// authenticationRounds bounds how often a credential is looked at again
// because its record changed meanwhile.
const authenticationRounds = 3

// A credential is the id of a record and the secret that goes with it, as a
// request presents them.
type credential struct{ id, secret string }

// authenticate finds out who calls.
//
// The record is read anew for each call, and once more after a secret was
// hashed: what it may do, and whether it may at all, is as of now, however
// long the hash took.
func (h *Handler) authenticate(c *call, presented credential) (caller, error) {
	client := budget.Key(h.o.ClientIP(c.Request))
	for range authenticationRounds {
		d, err := h.o.Store.Peek(c.Context(), store.Attempt{Link: presented.id, Now: c.now, AsCredential: true})
		if err != nil {
			return caller{}, err
		}
		check := h.verifier.examine(presented, d.Token)
		if h.verifier.knows(check, c.now) {
			return admitted(d)
		}
		if err := h.verifier.verify(c.Context(), check, login{client, c.now}); err != nil {
			h.logRefused(c, err)
			return caller{}, err
		}
	}
	return caller{}, tooMany("the credential is being changed", busyRetry)
}

// admitted says whether a credential whose secret is right may be used now.
func admitted(d store.Decision) (caller, error) {
	switch d.Reason {
	case store.Admitted:
		return caller{d.Token}, nil
	case store.SwitchedOff:
		return caller{}, refuse(http.StatusForbidden, "the credential is disabled")
	case store.Expired:
		return caller{}, refuse(http.StatusForbidden, "the credential is expired")
	case store.Exhausted:
		return caller{}, refuse(http.StatusTooManyRequests, "the credential is used up")
	default:
		return caller{}, unauthorized()
	}
}

// unauthorized is the problem of a credential that is missing or wrong; which
// of its parts is wrong is not said.
func unauthorized() *problem {
	return refuse(http.StatusUnauthorized, "a valid credential is required")
}

// logRefused notes a wrong credential for those who watch for guessers.
func (h *Handler) logRefused(c *call, err error) {
	var p *problem
	if errors.As(err, &p) && p.Status == http.StatusUnauthorized {
		h.o.Log.Info("credential refused", zap.String("client_ip", h.o.ClientIP(c.Request)))
	}
}

// errNoCredential is the problem of a request that presents none.
var errNoCredential = unauthorized()

// headerCredential reads the one credential of a request whose headers alone
// can have one.
func headerCredential(header http.Header) (credential, error) {
	return oneCredential(headerCredentials(header))
}

// headerCredentials are the credentials in the headers of a request.
func headerCredentials(header http.Header) []credential {
	values := bearers(header.Values("Authorization"))
	values = append(values, header.Values("X-RapidAPI-Key")...)
	values = append(values, header.Values("X-API-Key")...)
	var out []credential
	for _, value := range values {
		if value != "" {
			out = append(out, parseCredential(value))
		}
	}
	return out
}

// oneCredential is the credential of a request, which may stand in more than
// one place as long as it is the same. What cannot be one is refused here,
// before it costs a lookup or a hash.
func oneCredential(presented []credential) (credential, error) {
	if len(presented) == 0 {
		return credential{}, errNoCredential
	}
	for _, c := range presented[1:] {
		if c != presented[0] {
			return credential{}, refuse(http.StatusBadRequest, "there are two different credentials in the request")
		}
	}
	if !presented[0].possible() {
		return credential{}, unauthorized()
	}
	return presented[0], nil
}

// bearers returns what stands behind the scheme Bearer. Other schemes are
// somebody else's, such as a login in front of this API.
func bearers(values []string) []string {
	var out []string
	for _, value := range values {
		scheme, rest, _ := strings.Cut(value, " ")
		if strings.EqualFold(scheme, "Bearer") {
			out = append(out, strings.Trim(rest, " \t"))
		}
	}
	return out
}

// parseCredential takes a credential apart.
func parseCredential(text string) credential {
	id, secret, _ := strings.Cut(text, ".")
	return credential{id, secret}
}

// possible reports whether there can be such a credential.
func (c credential) possible() bool { return store.ValidLink(c.id) && possibleSecret(c.secret) }

// possibleSecret reports whether bcrypt would look at the secret as a whole:
// it is cut at a length by any implementation, and at a NUL by some.
func possibleSecret(secret string) bool {
	return secret != "" && len(secret) <= maxSecret &&
		!strings.ContainsFunc(secret, func(r rune) bool { return r < ' ' || r == 0x7f })
}
