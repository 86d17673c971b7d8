package caddymodule

import (
	"io"
	"net/http"
	"strconv"
	"strings"

	"github.com/linkgate/linkgate/store"
)

// ours is what the names of our headers begin with, folded as in [isOurs].
const ours = "x-linkgate-"

// dropForgeries takes everything out of the client's request that could pass
// for one of our headers at the upstream: headers and trailers of such a name,
// and the wish of Connection to have one removed on the way (reverse_proxy
// grants it after all handlers; the same hole was CVE-2025-48865 elsewhere).
func dropForgeries(r *http.Request) {
	dropOurs(r.Header)
	if len(r.Trailer) > 0 && r.Body != nil {
		dropOurs(r.Trailer)
		r.Body = &trailerGuard{ReadCloser: r.Body, trailer: r.Trailer}
	}
	for _, line := range r.Header["Connection"] {
		if strings.Contains(foldName(line), ours) {
			cleanConnection(r.Header)
			return
		}
	}
}

func dropOurs(h http.Header) {
	for name := range h {
		if isOurs(name) {
			delete(h, name)
		}
	}
}

// isOurs reports whether an upstream could read name as one of our headers:
// CGI and its heirs do not tell - from _ and PHP not from a dot.
func isOurs(name string) bool {
	if len(name) < len(ours) || name[0]|0x20 != 'x' {
		return false
	}
	return strings.HasPrefix(foldName(name), ours)
}

var foldSeparators = strings.NewReplacer("_", "-", ".", "-")

func foldName(name string) string { return foldSeparators.Replace(strings.ToLower(name)) }

func cleanConnection(h http.Header) {
	var kept []string
	for _, line := range h["Connection"] {
		for option := range strings.SplitSeq(line, ",") {
			if option = strings.TrimSpace(option); option != "" && !isOurs(option) {
				kept = append(kept, option)
			}
		}
	}
	if len(kept) == 0 {
		delete(h, "Connection")
		return
	}
	h["Connection"] = []string{strings.Join(kept, ", ")}
}

// A trailerGuard drops forged trailers when they arrive: net/http adds what
// follows the body to the announced ones as the body ends.
type trailerGuard struct {
	io.ReadCloser
	trailer http.Header
}

func (g *trailerGuard) Read(p []byte) (int, error) {
	n, err := g.ReadCloser.Read(p)
	if err != nil {
		dropOurs(g.trailer)
	}
	return n, err
}

// setIdentity tells the upstream whose request this is.
func setIdentity(h http.Header, d store.Decision) {
	// The values lie side by side: one allocation instead of four.
	values := []string{
		headerValue(d.Token.RID),
		headerValue(d.Token.Issuer),
		strconv.FormatInt(d.Counter, 10),
		strconv.FormatInt(d.Remaining(), 10),
	}
	for i, name := range [...]string{"X-Linkgate-Rid", "X-Linkgate-Iss", "X-Linkgate-Counter", "X-Linkgate-Remaining"} {
		if values[i] == "" {
			delete(h, name)
			continue
		}
		h[name] = only(values, i)
	}
}

// only is the value at i as a slice that cannot grow into the next one.
func only(values []string, i int) []string { return values[i : i+1 : i+1] }

// headerValue percent-encodes what is not ASCII, so that every upstream reads
// the same bytes.
func headerValue(s string) string {
	const digits = "0123456789ABCDEF"
	ascii := true
	for i := range len(s) {
		ascii = ascii && s[i] < 0x80
	}
	if ascii {
		return s
	}
	var b strings.Builder
	for i := range len(s) {
		if c := s[i]; c < 0x80 {
			b.WriteByte(c)
		} else {
			b.Write([]byte{'%', digits[c>>4], digits[c&15]})
		}
	}
	return b.String()
}
