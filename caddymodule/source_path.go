package caddymodule

import (
	"net/http"
	"net/url"
	"strings"
	"unicode/utf8"

	"github.com/caddyserver/caddy/v2/modules/caddyhttp"
)

// originalURL is the URL as the client sent it. It is shared by all handlers
// and the error routes of the request, so that a change of it reaches them.
func originalURL(r *http.Request) *url.URL {
	if or, ok := r.Context().Value(caddyhttp.OriginalRequestCtxKey).(http.Request); ok && or.URL != nil {
		return or.URL
	}
	return r.URL
}

// pathCandidate is the first segment of the path that has the form of a token.
// It is compared byte by byte, without percent-decoding.
func (g *Gate) pathCandidate(escaped string) string {
	for segment := range strings.SplitSeq(escaped, "/") {
		if g.isCandidate(segment) {
			return segment
		}
	}
	return ""
}

// cutPath takes the first segment that equals candidate out of an escaped
// path. At the end of the path the slash before it stays, unless what is left
// is base, the path of the token's own URL.
func cutPath(escaped, candidate string, base baseURL) string {
	start := 0
	for start <= len(escaped) {
		end := strings.IndexByte(escaped[start:], '/')
		if end < 0 {
			end = len(escaped)
		} else {
			end += start
		}
		if escaped[start:end] != candidate {
			start = end + 1
			continue
		}
		if end < len(escaped) {
			return escaped[:start] + escaped[end+1:]
		}
		left := escaped[:start]
		if trimmed := strings.TrimSuffix(left, "/"); trimmed != "" && trimmed == base.path() {
			return trimmed
		}
		return left
	}
	return escaped
}

// setPath puts an escaped path into u so that it leaves with the same bytes.
func setPath(u *url.URL, escaped string) {
	plain, err := url.PathUnescape(escaped)
	if err != nil {
		// EscapedPath made the string, so that it can be read again
		return
	}
	u.Path, u.RawPath = plain, ""
	if u.EscapedPath() != escaped {
		u.RawPath = escaped
	}
}

// strictPath reports whether all servers read the escaped path alike. It
// mirrors what matchers and upstreams are known to disagree on.
func strictPath(escaped string) bool {
	if strings.Contains(escaped, "//") {
		return false
	}
	plain := escaped
	if strings.IndexByte(escaped, '%') >= 0 {
		if hasEncodedSlash(escaped) {
			return false
		}
		var err error
		if plain, err = url.PathUnescape(escaped); err != nil {
			return false
		}
	}
	return !hasControlOrBackslash(plain) && utf8.ValidString(plain) && !hasDotSegment(plain)
}

func hasEncodedSlash(escaped string) bool {
	for i := 0; i+2 < len(escaped); i++ {
		if escaped[i] == '%' && escaped[i+1] == '2' && escaped[i+2]|0x20 == 'f' {
			return true
		}
	}
	return false
}

func hasControlOrBackslash(plain string) bool {
	for i := range len(plain) {
		if c := plain[i]; c < 0x20 || c == 0x7f || c == '\\' {
			return true
		}
	}
	return false
}

func hasDotSegment(plain string) bool {
	if !strings.Contains(plain, "/.") {
		return false
	}
	for segment := range strings.SplitSeq(plain, "/") {
		if segment == "." || segment == ".." {
			return true
		}
	}
	return false
}
