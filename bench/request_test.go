package main

import (
	"bufio"
	"bytes"
	"net/http"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestARequestHasItsExactBytes(t *testing.T) {
	t.Parallel()
	got := string(appendRequest([]byte("before "), "127.0.0.1:80", "/a", "X-One", "1", "X-Two", "2"))
	want := "before GET /a HTTP/1.1\r\nHost: 127.0.0.1:80\r\nX-One: 1\r\nX-Two: 2\r\n\r\n"
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

// readRequest reads a request as a server would, to its last byte.
func readRequest(t *testing.T, raw []byte) *http.Request {
	t.Helper()
	r := bufio.NewReader(bytes.NewReader(raw))
	request, err := http.ReadRequest(r)
	if err != nil {
		t.Fatalf("no server reads this request: %v", err)
	}
	if r.Buffered() > 0 {
		t.Errorf("%d bytes behind the request", r.Buffered())
	}
	return request
}

func TestAWorkloadPresentsItsTokenInOnePlace(t *testing.T) {
	t.Parallel()
	one := token{Link: strings.Repeat("a", 32), JWT: "aaa.bbb.ccc"}
	for _, w := range workloads() {
		t.Run(w.name, func(t *testing.T) {
			t.Parallel()
			request := readRequest(t, w.request("127.0.0.1:9", one))
			path, bearer := "/bench/"+one.Link, ""
			if w.jwt {
				path, bearer = "/bench/", "Bearer "+one.JWT
			}
			if request.Method != http.MethodGet || request.Host != "127.0.0.1:9" || request.Close {
				t.Errorf("%s to %q, close: %t", request.Method, request.Host, request.Close)
			}
			if request.RequestURI != path {
				t.Errorf("the path is %q, want %q", request.RequestURI, path)
			}
			if got := request.Header.Get("Authorization"); got != bearer {
				t.Errorf("the bearer is %q, want %q", got, bearer)
			}
		})
	}
}
