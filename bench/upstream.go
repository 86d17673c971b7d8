package main

import (
	"fmt"
	"io"
	"net"
	"net/http"
	"time"
)

// An upstream answers every request with the same few bytes, so that nothing
// is measured but what stands in front of it.
type upstream struct {
	server  *http.Server
	address string
}

func startUpstream() (*upstream, error) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return nil, fmt.Errorf("starting the upstream: %w", err)
	}
	u := &upstream{
		server:  &http.Server{Handler: http.HandlerFunc(answer), ReadHeaderTimeout: time.Minute},
		address: l.Addr().String(),
	}
	go u.server.Serve(l) // ends with close
	return u, nil
}

func answer(w http.ResponseWriter, _ *http.Request) {
	w.Header().Set("Content-Type", "text/plain; charset=utf-8")
	io.WriteString(w, "This page opens with a link.\n")
}

func (u *upstream) close() { u.server.Close() }
