package admin

import (
	"math"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"github.com/linkgate/linkgate/store"
)

// The kinds of name that a request can give to tokens, as t says it.
const (
	byLink   = "link"
	byJWT    = "jwt"
	byIssuer = "iss"
)

const (
	defaultSize = 50
	maxSize     = 1000
)

// maxOffset is further than any list reaches, and far from where adding to it
// could overflow.
const maxOffset = 1 << 53

// A parameters is the query of a request.
type parameters struct{ values url.Values }

// query reads the query. What cannot be read as one is refused as a whole:
// package net/url would leave out the parts that it does not understand.
func (c *call) query() (parameters, error) {
	values, err := url.ParseQuery(c.URL.RawQuery)
	if err != nil {
		return parameters{}, refuse(http.StatusBadRequest, "the query is malformed")
	}
	return parameters{values}, nil
}

// one returns the value of a parameter that may be there once.
func (p parameters) one(name string) (value string, present bool, err error) {
	values := p.values[name]
	if len(values) > 1 {
		return "", false, wrong(name, "is there more than once")
	}
	if len(values) == 0 {
		return "", false, nil
	}
	return values[0], true, nil
}

// kind reads t, which is one of the kinds and has no default.
func (p parameters) kind(kinds ...string) (string, error) {
	value, present, err := p.one("t")
	if err != nil {
		return "", err
	}
	if slices.Contains(kinds, value) {
		return value, nil
	}
	if !present {
		return "", wrong("t", "is required: "+oneOf(kinds))
	}
	return "", wrong("t", "must be "+oneOf(kinds))
}

// integer reads a number from 1 to most, or returns what holds without it.
func (p parameters) integer(name string, fallback, most int64) (int64, error) {
	text, present, err := p.one(name)
	if err != nil || !present {
		return fallback, err
	}
	n, err := strconv.ParseUint(text, 10, 63)
	if err != nil || n < 1 || int64(n) > most {
		return 0, wrong(name, "must be an integer from 1 to "+strconv.FormatInt(most, 10))
	}
	return int64(n), nil
}

// A window is the page of a list that a request asks for.
type window struct{ page, size int64 }

// window reads page and size.
func (p parameters) window() (w window, err error) {
	if w.page, err = p.integer("page", 1, math.MaxInt64); err != nil {
		return w, err
	}
	w.size, err = p.integer("size", defaultSize, maxSize)
	return w, err
}

// offset is the number of items before the page.
func (w window) offset() int64 {
	if w.page-1 > maxOffset/w.size {
		return maxOffset
	}
	return (w.page - 1) * w.size
}

// presented is the attempt on the one token that path and query name.
func (h *Handler) presented(c *call) (a store.Attempt, ok bool, err error) {
	query, err := c.query()
	if err != nil {
		return a, false, err
	}
	kind, err := query.kind(byLink, byJWT)
	if err != nil {
		return a, false, err
	}
	a, ok = h.attempt(c, kind)
	return a, ok, nil
}

// attempt is the presentation of a token by the id in the path. It is not ok
// where a JWT does not verify: then there is nothing to look up.
func (h *Handler) attempt(c *call, kind string) (a store.Attempt, ok bool) {
	a = store.Attempt{Link: c.PathValue("id"), Now: c.now}
	if kind == byJWT {
		claims, err := h.o.Keys().Verify(a.Link)
		if err != nil {
			return a, false
		}
		a.Link, a.Claims = claims.Link, &claims
	}
	return a, true
}

// oneOf lists what a parameter can be.
func oneOf(kinds []string) string { return "one of " + strings.Join(kinds, ", ") }
