package caddymodule

import (
	"fmt"
	"net/http"
	"net/url"
	"strings"

	"golang.org/x/net/http/httpguts"

	"github.com/linkgate/linkgate/store"
	"github.com/linkgate/linkgate/store/jwt"
)

// A Source is a place in a request where a token may sit.
type Source struct {
	// The kind of place: `path`, `query`, `header`, `bearer` or `cookie`.
	In string `json:"in"`

	// The name of the query parameter, header or cookie.
	Name string `json:"name,omitempty"`
}

func (s *Source) provision() error {
	switch s.In {
	case "path", "bearer":
		if s.Name != "" {
			return fmt.Errorf("%s takes no name", s.In)
		}
	case "query":
		if s.Name == "" {
			return fmt.Errorf("query needs the name of a parameter")
		}
	case "header", "cookie":
		if !httpguts.ValidHeaderFieldName(s.Name) {
			return fmt.Errorf("%s needs a name, and %q is none", s.In, s.Name)
		}
		if s.In == "header" {
			s.Name = http.CanonicalHeaderKey(s.Name)
		}
	default:
		return fmt.Errorf("%q is not path, query, header, bearer or cookie", s.In)
	}
	return nil
}

// means reports whether another source is this one, whose name is canonical, in
// any spelling.
func (s *Source) means(other Source) bool {
	return other.provision() == nil && other == *s
}

// A finding is what the sources of a gate hold: at most one candidate, or too
// many of them to tell which one is meant.
type finding struct {
	candidate string
	others    []string
	ambiguous bool
}

// add takes a candidate in; the same one may sit in several places.
func (f *finding) add(candidate string) {
	switch {
	case candidate == "":
	case f.candidate == "":
		f.candidate = candidate
	case f.candidate != candidate:
		f.others = append(f.others, candidate)
		f.ambiguous = true
	}
}

// addAll takes in what one source holds. Where a source is repeated and one of
// its values is a candidate, the upstream might have read another one.
func (f *finding) addAll(g *Gate, values []string) {
	for _, v := range values {
		f.addOf(g, v, len(values))
	}
}

// addOf takes in one of n values of a source.
func (f *finding) addOf(g *Gate, value string, n int) {
	if g.isCandidate(value) {
		f.add(value)
		f.ambiguous = f.ambiguous || n > 1
	}
}

// find looks for a token in the gate's sources. The request as it came counts
// as well as what an earlier handler made of it: a rewrite may have replaced
// the path that held the token. original is the URL as it came, and escaped
// its path.
func (g *Gate) find(r *http.Request, original *url.URL, escaped string) finding {
	var f finding
	for i := range g.From {
		switch s := &g.From[i]; s.In {
		case "path":
			f.add(g.pathCandidate(escaped))
			if r.URL.Path != original.Path || r.URL.RawPath != original.RawPath {
				f.add(g.pathCandidate(r.URL.EscapedPath()))
			}
		case "query":
			f.addAll(g, queryValues(original.RawQuery, s.Name))
			if r.URL.RawQuery != original.RawQuery {
				f.addAll(g, queryValues(r.URL.RawQuery, s.Name))
			}
		case "header":
			f.addAll(g, r.Header[s.Name])
		case "bearer":
			values := r.Header["Authorization"]
			for _, v := range values {
				f.addOf(g, bearerToken(v), len(values))
			}
		case "cookie":
			f.addAll(g, cookieValues(r.Header, s.Name))
		}
	}
	return f
}

// isCandidate reports whether s has the form of a token. Anything else in the
// same place belongs to the upstream.
func (g *Gate) isCandidate(s string) bool {
	return store.ValidLink(s) || g.knows(s) || jwt.Candidate(s)
}

// knows reports whether s is a JWT that was verified before: of such a one the
// form need not be looked at. It opens no store.
func (g *Gate) knows(s string) bool {
	e := g.app.opener.engine.Load()
	return e != nil && e.keys.Load().Known(s)
}

// bearerToken is the credential of a value of Authorization where the scheme
// (RFC 6750) is Bearer, else empty.
func bearerToken(value string) string {
	if scheme, rest, ok := strings.Cut(value, " "); ok && strings.EqualFold(scheme, "Bearer") {
		return rest
	}
	return ""
}
