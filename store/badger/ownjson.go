package badger

import (
	"bytes"
	"math"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/linkgate/linkgate/store"
)

// decodeOwn reads the JSON of a token in exactly the form in which encodeToken
// writes it, many times faster than encoding/json: a token that is not in
// memory is read with each use. It reports false for anything else, be it
// wrong or only unusual, and leaves that to encoding/json; the result is the
// same.
func decodeOwn(text []byte) (*store.Token, bool) {
	r := ownReader{rest: text}
	var t store.Token
	var p packer
	r.must(`{"link":`)
	p.add(&t.Link, r.text())
	r.optional(`,"uuid":`, func() { p.add(&t.UUID, r.text()) })
	r.optional(`,"rid":`, func() { p.add(&t.RID, r.text()) })
	r.optional(`,"url":`, func() { p.add(&t.URL, r.text()) })
	r.optional(`,"iss":`, func() { p.add(&t.Issuer, r.text()) })
	r.optional(`,"expires":`, func() { t.Expires = r.time() })
	r.optional(`,"minutes":`, func() { t.Minutes = r.number() })
	r.optional(`,"limit":`, func() { t.Limit = r.number() })
	r.must(`,"state":`)
	t.State = store.State(word(r.text()))
	r.must(`,"created":`)
	t.Created = r.time()
	r.must(`,"modified":`)
	t.Modified = r.time()
	r.optional(`,"created_by":`, func() { p.add(&t.CreatedBy, r.text()) })
	r.optional(`,"hashed_access_token":`, func() { p.add(&t.HashedAccessToken, r.text()) })
	r.optional(`,"scopes":`, func() { t.Scopes = words[store.Scope](&r) })
	r.optional(`,"config":`, func() { t.Config = words[string](&r) })
	r.must(`}`)
	if r.failed || len(r.rest) > 0 {
		return nil, false
	}
	p.pack()
	return &t, true
}

// An ownReader reads what encodeToken has written. After something else it has
// failed, and what it returns means nothing.
type ownReader struct {
	rest   []byte
	failed bool
}

// must passes s.
func (r *ownReader) must(s string) {
	if !r.pass(s) {
		r.failed = true
	}
}

// optional passes name and reads what follows it, where it is there.
func (r *ownReader) optional(name string, read func()) {
	if r.pass(name) {
		read()
	}
}

func (r *ownReader) pass(s string) bool {
	if r.failed || len(r.rest) < len(s) || string(r.rest[:len(s)]) != s {
		return false
	}
	r.rest = r.rest[len(s):]
	return true
}

// text reads a text in which nothing is escaped. It shares the memory that is
// read from.
func (r *ownReader) text() []byte {
	r.must(`"`)
	end := bytes.IndexByte(r.rest, '"')
	if r.failed || end < 0 {
		r.failed = true
		return nil
	}
	s := r.rest[:end]
	r.rest = r.rest[end+1:]
	ascii := true
	for _, c := range s {
		if c < ' ' || c == '\\' {
			r.failed = true
			return nil
		}
		ascii = ascii && c < utf8.RuneSelf
	}
	if !ascii && !utf8.Valid(s) {
		r.failed = true
	}
	return s
}

// number reads a whole number that is not negative and has room to spare.
func (r *ownReader) number() (n int64) {
	digits := 0
	for ; digits < len(r.rest) && '0' <= r.rest[digits] && r.rest[digits] <= '9'; digits++ {
		if n > math.MaxInt64/100 {
			r.failed = true
			return 0
		}
		n = 10*n + int64(r.rest[digits]-'0')
	}
	if digits == 0 || digits > 1 && r.rest[0] == '0' {
		r.failed = true
	}
	r.rest = r.rest[digits:]
	return n
}

func (r *ownReader) time() (t time.Time) {
	if s := r.text(); !r.failed && t.UnmarshalText(s) != nil {
		r.failed = true
	}
	return t
}

// words reads a list of at least one text.
func words[T ~string](r *ownReader) []T {
	r.must(`[`)
	list := make([]T, 0, 2) // as most tokens have
	for {
		list = append(list, T(word(r.text())))
		if !r.pass(`,`) {
			break
		}
	}
	r.must(`]`)
	return list
}

// word is s as a string, which takes no memory where it is one of the words
// that nearly every token has.
func word(s []byte) string {
	for _, known := range [...]string{
		string(store.Enabled), string(store.Disabled), "link", "token",
		string(store.ScopeRead), string(store.ScopeWrite), string(store.ScopeAdmin),
	} {
		if string(s) == known {
			return known
		}
	}
	return string(s)
}

// A packer copies texts into one piece of memory, which costs less than one
// for each of them.
type packer struct {
	into   [8]*string
	texts  [8][]byte
	n, sum int
}

func (p *packer) add(into *string, text []byte) {
	p.into[p.n], p.texts[p.n] = into, text
	p.n++
	p.sum += len(text)
}

func (p *packer) pack() {
	var all strings.Builder
	all.Grow(p.sum)
	for _, s := range p.texts[:p.n] {
		all.Write(s)
	}
	whole, at := all.String(), 0
	for i, s := range p.texts[:p.n] {
		*p.into[i] = whole[at : at+len(s)]
		at += len(s)
	}
}
