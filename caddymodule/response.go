package caddymodule

import (
	"io"
	"net/http"
	"strings"

	"github.com/caddyserver/caddy/v2/modules/caddyhttp"
)

const (
	// referrerPolicy keeps the path of a page, and so its token, out of the
	// requests that the page makes elsewhere.
	referrerPolicy = "strict-origin"
	// robotsTag keeps pages behind a token out of search engines.
	robotsTag = "noindex"
)

// serveGuarded runs the next handlers and sees to it that what they answer is
// stored by no shared cache: a cached page would be served uncounted. It reports
// whether an answer has begun.
func serveGuarded(w http.ResponseWriter, r *http.Request, next caddyhttp.Handler) (wrote bool, err error) {
	countOutcome(outcomeAdmitted)
	gw := &guardedWriter{ResponseWriterWrapper: caddyhttp.ResponseWriterWrapper{ResponseWriter: w}}
	err = next.ServeHTTP(gw, r)
	if !gw.wroteHeader {
		// an error route, or the server, writes what is left to write
		guardHeaders(w.Header())
	}
	return gw.wroteHeader, err
}

// A guardedWriter looks at the headers when they are about to leave: only then
// is it known what the upstream set.
type guardedWriter struct {
	caddyhttp.ResponseWriterWrapper
	wroteHeader bool
}

func (w *guardedWriter) WriteHeader(status int) {
	if !w.wroteHeader && (status >= 200 || status == http.StatusSwitchingProtocols) {
		w.wroteHeader = true
		guardHeaders(w.Header())
	}
	w.ResponseWriterWrapper.WriteHeader(status)
}

func (w *guardedWriter) Write(b []byte) (int, error) {
	w.begin()
	return w.ResponseWriterWrapper.Write(b)
}

// ReadFrom keeps sendfile for the answers of file_server.
func (w *guardedWriter) ReadFrom(r io.Reader) (int64, error) {
	w.begin()
	return w.ResponseWriterWrapper.ReadFrom(r)
}

// FlushError serves [http.ResponseController]: a flush sends the headers.
func (w *guardedWriter) FlushError() error {
	w.begin()
	return http.NewResponseController(w.ResponseWriter).Flush()
}

func (w *guardedWriter) begin() {
	if !w.wroteHeader {
		w.WriteHeader(http.StatusOK)
	}
}

// guardHeaders completes the headers of an answer from behind a gate.
func guardHeaders(h http.Header) {
	values := []string{referrerPolicy, robotsTag, "private, no-cache"}
	for i, name := range [...]string{"Referrer-Policy", "X-Robots-Tag", "Cache-Control"} {
		if len(h[name]) == 0 {
			h[name] = only(values, i)
		}
	}
	lines := h["Cache-Control"]
	for _, line := range lines {
		if lower := strings.ToLower(line); strings.Contains(lower, "public") || strings.Contains(lower, "s-maxage") {
			h["Cache-Control"] = []string{makePrivate(strings.Join(lines, ", "))}
			return
		}
	}
}

func setDefault(h http.Header, name, value string) {
	if len(h[name]) == 0 {
		h[name] = []string{value}
	}
}

// makePrivate turns public and s-maxage, which invite shared caches, into one
// private (RFC 9111, section 5.2.2).
func makePrivate(cacheControl string) string {
	var out []string
	private := false
	for _, directive := range splitDirectives(cacheControl) {
		name, _, _ := strings.Cut(directive, "=")
		switch strings.ToLower(strings.TrimSpace(name)) {
		case "public", "s-maxage", "private":
			if !private {
				out = append(out, "private")
			}
			private = true
		case "":
		default:
			out = append(out, directive)
		}
	}
	return strings.Join(out, ", ")
}

// splitDirectives splits at the commas that are not inside quotes.
func splitDirectives(s string) []string {
	var out []string
	quoted, start := false, 0
	for i := range len(s) {
		switch {
		case s[i] == '"':
			quoted = !quoted
		case s[i] == ',' && !quoted:
			out = append(out, strings.TrimSpace(s[start:i]))
			start = i + 1
		}
	}
	return append(out, strings.TrimSpace(s[start:]))
}
