package main

import (
	"bufio"
	"bytes"
	"errors"
	"io"
	"net/http"
	"strings"
	"testing"
)

// next stands behind a response: whatever of it is read, or whatever of the
// response is left, shows.
const next = "HTTP/1.1 next"

func TestAResponseIsReadToItsLastByte(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		raw    string
		status int
	}{
		"with a length":                  {"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello", 200},
		"with a length of nothing":       {"HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n", 404},
		"in any case and spacing":        {"HTTP/1.1 200 OK\r\ncONTENT-lENGTH:\t 2 \r\n\r\nhi", 200},
		"among other fields":             {"HTTP/1.1 200 OK\r\nServer: Caddy\r\nX-Content-Length: 9\r\nContent-Length: 2\r\nVia: 1.1 Caddy\r\n\r\nhi", 200},
		"in one chunk":                   {"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n", 200},
		"in chunks with hexadecimals":    {"HTTP/1.1 200 OK\r\ntransfer-encoding: Chunked\r\n\r\nA\r\n0123456789\r\nb\r\n0123456789a\r\n00\r\n\r\n", 200},
		"in no chunk":                    {"HTTP/1.1 503 Service Unavailable\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", 503},
		"with line breaks in the body":   {"HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\n\r\n\r\n", 200},
		"without a reason":               {"HTTP/1.1 200\r\nContent-Length: 0\r\n\r\n", 200},
		"with an empty reason":           {"HTTP/1.1 200 \r\nContent-Length: 0\r\n\r\n", 200},
		"204 has no body":                {"HTTP/1.1 204 No Content\r\n\r\n", 204},
		"304 has no body":                {"HTTP/1.1 304 Not Modified\r\nEtag: \"x\"\r\n\r\n", 304},
		"with a body beyond the buffer":  {"HTTP/1.1 200 OK\r\nContent-Length: 70000\r\n\r\n" + strings.Repeat("x", 70000), 200},
		"with an empty value of a field": {"HTTP/1.1 200 OK\r\nX-Empty:\r\nContent-Length: 0\r\n\r\n", 200},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			r := bufio.NewReader(strings.NewReader(tt.raw + next))
			status, err := readResponse(r)
			if err != nil || status != tt.status {
				t.Fatalf("got %d, %v, want %d", status, err, tt.status)
			}
			if rest, _ := io.ReadAll(r); string(rest) != next {
				t.Errorf("left behind it: %q", rest)
			}
		})
	}
}

func TestAResponseInDoubtIsRefused(t *testing.T) {
	t.Parallel()
	const ok = "HTTP/1.1 200 OK\r\n"
	const chunked = ok + "Transfer-Encoding: chunked\r\n\r\n"
	tests := map[string]string{
		"another protocol":              "HTTP/1.0 200 OK\r\nContent-Length: 0\r\n\r\n",
		"no protocol":                   "200 OK\r\nContent-Length: 0\r\n\r\n",
		"a status of two digits":        "HTTP/1.1 20 OK\r\nContent-Length: 0\r\n\r\n",
		"a status of four digits":       "HTTP/1.1 2000 OK\r\nContent-Length: 0\r\n\r\n",
		"a status of letters":           "HTTP/1.1 2xx OK\r\nContent-Length: 0\r\n\r\n",
		"a status out of range":         "HTTP/1.1 600 Odd\r\nContent-Length: 0\r\n\r\n",
		"an interim response":           "HTTP/1.1 100 Continue\r\n\r\n",
		"lines that end in LF":          "HTTP/1.1 200 OK\nContent-Length: 0\n\n",
		"a CR inside a line":            ok + "X: a\rb\r\nContent-Length: 0\r\n\r\n",
		"no length":                     ok + "\r\n",
		"two lengths":                   ok + "Content-Length: 1\r\nContent-Length: 1\r\n\r\nx",
		"a length and chunks":           ok + "Content-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
		"chunks and a length":           ok + "Transfer-Encoding: chunked\r\nContent-Length: 1\r\n\r\n0\r\n\r\n",
		"chunks twice":                  ok + "Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
		"another transfer encoding":     ok + "Transfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n",
		"an empty length":               ok + "Content-Length:\r\n\r\n",
		"a negative length":             ok + "Content-Length: -1\r\n\r\n",
		"a signed length":               ok + "Content-Length: +1\r\n\r\nx",
		"a hexadecimal length":          ok + "Content-Length: 0x1\r\n\r\nx",
		"a list of lengths":             ok + "Content-Length: 1, 1\r\n\r\nx",
		"a length beyond all bounds":    ok + "Content-Length: 99999999999999999999\r\n\r\n",
		"a length beyond ours":          ok + "Content-Length: 1048577\r\n\r\n" + strings.Repeat("x", 1048577),
		"a field without a name":        ok + ": x\r\nContent-Length: 0\r\n\r\n",
		"a field without a colon":       ok + "Content-Length\r\n\r\n",
		"a space before the colon":      ok + "Content-Length : 0\r\n\r\n",
		"a folded field":                ok + "X: a\r\n b: c\r\nContent-Length: 0\r\n\r\n",
		"too many fields":               ok + strings.Repeat("X: y\r\n", maxHeaders) + "Content-Length: 0\r\n\r\n",
		"a field beyond the buffer":     ok + "X: " + strings.Repeat("y", 5000) + "\r\nContent-Length: 0\r\n\r\n",
		"a body with 204":               "HTTP/1.1 204 No Content\r\nContent-Length: 1\r\n\r\nx",
		"chunks with 304":               "HTTP/1.1 304 Not Modified\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
		"a chunk without a size":        chunked + "\r\nhello\r\n0\r\n\r\n",
		"a chunk with a sign":           chunked + "+1\r\nx\r\n0\r\n\r\n",
		"a chunk with an extension":     chunked + "1;a=b\r\nx\r\n0\r\n\r\n",
		"a chunk longer than its size":  chunked + "1\r\nxy\r\n0\r\n\r\n",
		"a chunk shorter than its size": chunked + "3\r\nx\r\n0\r\n\r\n",
		"a chunk that overflows":        chunked + "ffffffffffffffffff\r\n",
		"a trailer":                     chunked + "0\r\nX: y\r\n\r\n",
	}
	for name, raw := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if status, err := readResponse(bufio.NewReader(strings.NewReader(raw))); err == nil {
				t.Errorf("taken for a response with status %d", status)
			}
		})
	}
}

func TestAResponseThatEndsEarlyIsNoResponse(t *testing.T) {
	t.Parallel()
	for name, raw := range map[string]string{
		"with a length": "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello",
		"in chunks":     "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n",
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			for n := range len(raw) {
				_, err := readResponse(bufio.NewReader(strings.NewReader(raw[:n])))
				if err == nil {
					t.Fatalf("the first %d bytes are taken for a response", n)
				}
				// A connection closed between two responses is another thing
				// than one closed in the middle.
				if clean := errors.Is(err, io.EOF); clean != (n == 0) {
					t.Errorf("after %d bytes: %v", n, err)
				}
			}
		})
	}
}

func TestReadingAResponseAllocatesNothing(t *testing.T) {
	for name, raw := range map[string]string{
		"with a length": "HTTP/1.1 200 OK\r\nServer: Caddy\r\nContent-Length: 5\r\n\r\nhello",
		"in chunks":     "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n",
	} {
		source := strings.NewReader(raw)
		r := bufio.NewReader(source)
		allocated := testing.AllocsPerRun(100, func() {
			source.Reset(raw)
			r.Reset(source)
			if _, err := readResponse(r); err != nil {
				t.Fatal(err)
			}
		})
		if allocated > 0 {
			t.Errorf("%s: %v allocations", name, allocated)
		}
	}
}

// What we take for a response, net/http takes for the same one.
func FuzzResponse(f *testing.F) {
	for _, seed := range []string{
		"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello" + next,
		"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n" + next,
		"HTTP/1.1 204 No Content\r\nX: y\r\n\r\n" + next,
	} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, raw []byte) {
		ours := bufio.NewReader(bytes.NewReader(raw))
		status, err := readResponse(ours)
		if err != nil {
			return
		}
		left, _ := io.ReadAll(ours)
		theirs := bufio.NewReader(bytes.NewReader(raw))
		response, err := http.ReadResponse(theirs, nil)
		if err != nil {
			return // net/http looks closer at fields that are none of our business
		}
		if _, err := io.Copy(io.Discard, response.Body); err != nil {
			t.Fatalf("net/http cannot read the body: %v", err)
		}
		if response.StatusCode != status {
			t.Errorf("status %d, net/http says %d", status, response.StatusCode)
		}
		if rest, _ := io.ReadAll(theirs); !bytes.Equal(rest, left) {
			t.Errorf("%q is left, net/http leaves %q", left, rest)
		}
	})
}
