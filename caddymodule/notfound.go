package caddymodule

import (
	"bufio"
	"errors"
	"io"
	"net"
	"net/http"

	"github.com/caddyserver/caddy/v2/modules/caddyhttp"
)

var errNoHandler = errors.New("nothing is served at this path")

// serveOr404 runs the next handlers. Where none follows, Caddy would answer 200
// without a body, which a caller of an API takes for a success.
func serveOr404(w http.ResponseWriter, r *http.Request, next caddyhttp.Handler) error {
	tw := &touchedWriter{ResponseWriterWrapper: caddyhttp.ResponseWriterWrapper{ResponseWriter: w}}
	if err := next.ServeHTTP(tw, r); err != nil || tw.touched {
		return err
	}
	return caddyhttp.Error(http.StatusNotFound, errNoHandler)
}

// A touchedWriter knows whether anybody answered.
type touchedWriter struct {
	caddyhttp.ResponseWriterWrapper
	touched bool
}

func (w *touchedWriter) WriteHeader(status int) {
	w.touched = true
	w.ResponseWriterWrapper.WriteHeader(status)
}

func (w *touchedWriter) Write(b []byte) (int, error) {
	w.touched = true
	return w.ResponseWriterWrapper.Write(b)
}

func (w *touchedWriter) ReadFrom(r io.Reader) (int64, error) {
	w.touched = true
	return w.ResponseWriterWrapper.ReadFrom(r)
}

// FlushError and Hijack serve [http.ResponseController].
func (w *touchedWriter) FlushError() error {
	w.touched = true
	return http.NewResponseController(w.ResponseWriter).Flush()
}

func (w *touchedWriter) Hijack() (net.Conn, *bufio.ReadWriter, error) {
	w.touched = true
	return http.NewResponseController(w.ResponseWriter).Hijack()
}
