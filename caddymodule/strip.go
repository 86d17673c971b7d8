package caddymodule

import (
	"net/http"
	"net/url"
	"slices"
	"strings"
)

// strip takes the token out of the request as it is now and as it came, so
// that neither the next handlers nor an error route nor the upstream sees it.
// tokenURL is the token's own URL, empty where it is not known. The session
// cookie goes too: it is between the browser and us.
//
// What it returns covers the original request for the next handlers; nil where
// that needs no cover.
func (g *Gate) strip(r *http.Request, p *passage, tokenURL string) *withoutToken {
	cutCookies(r.Header, sessionCookie, func(string) bool { return true })
	if g.KeepToken {
		return nil
	}
	base := baseURL(tokenURL)
	if len(r.Header["Referer"]) > 0 {
		g.cleanReferer(r.Header, func(candidate string) baseURL {
			if candidate == p.candidate || candidate == p.attempt.Link {
				return base
			}
			return ""
		})
	}
	if p.candidate == "" {
		return nil
	}
	now, asCame := *r.URL, *p.original
	g.cut(r, p.original, p.candidate, base)
	for _, c := range p.others {
		g.cut(r, p.original, c, "")
	}
	if *r.URL != now {
		r.RequestURI = r.URL.RequestURI()
	}
	switch {
	case *p.original == asCame:
		return nil
	case *p.original == *r.URL && *r.URL != now:
		return p.coverOriginal(r, r.RequestURI)
	}
	return p.coverOriginal(r, p.original.RequestURI())
}

// A baseURL is a token's own URL, empty where it is not known.
type baseURL string

// path is its escaped path. It is asked for only where a request's path ends
// with the token, so that the others need not pay for reading a URL.
func (b baseURL) path() string {
	u, err := url.Parse(string(b))
	if err != nil {
		return ""
	}
	return u.EscapedPath()
}

// cut takes candidate out of all sources and out of the original URL.
func (g *Gate) cut(r *http.Request, original *url.URL, candidate string, base baseURL) {
	// Where no earlier handler rewrote the request, both URLs are alike, and
	// what becomes of one becomes of the other.
	alike := *r.URL == *original
	g.cutURL(r.URL, candidate, base)
	if alike {
		*original = *r.URL
	} else {
		g.cutURL(original, candidate, base)
		cutRewritten(r.URL, original, candidate)
	}
	for i := range g.From {
		switch s := &g.From[i]; s.In {
		case "header":
			cutHeader(r.Header, s.Name, func(v string) bool { return v == candidate })
		case "bearer":
			cutHeader(r.Header, "Authorization", func(v string) bool { return strings.HasSuffix(v, " "+candidate) })
		case "cookie":
			cutCookies(r.Header, s.Name, func(v string) bool { return v == candidate })
		}
	}
}

// cutURL takes candidate out of those sources that lie in a URL.
func (g *Gate) cutURL(u *url.URL, candidate string, base baseURL) {
	for i := range g.From {
		switch s := &g.From[i]; s.In {
		case "path":
			cutURLPath(u, candidate, base)
		case "query":
			u.RawQuery = cutQuery(u.RawQuery, s.Name, candidate)
		}
	}
}

// cutRewritten takes candidate out of what an earlier rewrite made of the
// request, such as /index.php?path={path}: there it may be part of anything.
func cutRewritten(u, original *url.URL, candidate string) {
	if u.RawQuery != original.RawQuery {
		u.RawQuery = cutText(u.RawQuery, candidate)
	}
	if escaped := u.EscapedPath(); escaped != original.EscapedPath() && strings.Contains(escaped, candidate) {
		setPath(u, cutText(escaped, candidate))
	}
}

// cutText takes candidate out of a text wherever it is, and with a whole
// segment of a path one of the slashes around it, so that a path in a query
// becomes what the path itself does.
func cutText(text, candidate string) string {
	if !strings.Contains(text, candidate) {
		return text
	}
	for _, slash := range [...]string{"/", "%2F", "%2f"} {
		text = strings.ReplaceAll(text, slash+candidate+slash, slash)
	}
	return strings.ReplaceAll(text, candidate, "")
}

// cutURLPath takes candidate out of the path of u, however often it is there.
func cutURLPath(u *url.URL, candidate string, base baseURL) {
	escaped := u.EscapedPath()
	for strings.Contains(escaped, candidate) {
		cut := cutPath(escaped, candidate, base)
		if cut == escaped {
			return
		}
		setPath(u, cut)
		escaped = cut
	}
}

// cutHeader drops the whole header where one of its values holds the token. A
// request in which there are others beside it is ambiguous, and refused.
func cutHeader(h http.Header, name string, holds func(string) bool) {
	if slices.ContainsFunc(h[name], holds) {
		delete(h, name)
	}
}

// cleanReferer takes tokens out of the address of the page that a request
// comes from, by the same rules as from the request's own. baseOf says what
// a token's own URL is, where that is known.
func (g *Gate) cleanReferer(h http.Header, baseOf func(candidate string) baseURL) {
	for i, referer := range h["Referer"] {
		u, err := url.Parse(referer)
		if err != nil {
			// whatever it is, it may hold a token
			delete(h, "Referer")
			return
		}
		if g.cutReferer(u, baseOf) {
			h["Referer"][i] = u.String()
		}
	}
}

func (g *Gate) cutReferer(u *url.URL, baseOf func(string) baseURL) (changed bool) {
	for i := range g.From {
		switch s := &g.From[i]; s.In {
		case "path":
			if c := g.pathCandidate(u.EscapedPath()); c != "" {
				cutURLPath(u, c, baseOf(c))
				changed = true
			}
		case "query":
			for _, v := range queryValues(u.RawQuery, s.Name) {
				if g.isCandidate(v) {
					u.RawQuery = cutQuery(u.RawQuery, s.Name, v)
					changed = true
				}
			}
		}
	}
	return changed
}
