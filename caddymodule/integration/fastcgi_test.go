package integration

import (
	"encoding/binary"
	"io"
	"net"
	"strings"
	"sync"
	"testing"
)

// The types of FastCGI records that a responder meets
// (https://fastcgi-archives.github.io/FastCGI_Specification.html).
const (
	fcgiEnd    = 3
	fcgiParams = 4
	fcgiStdin  = 5
	fcgiStdout = 6
)

// A responder is a FastCGI application, as PHP is one, that remembers the
// variables and the body of each request.
type responder struct {
	addr string

	mu   sync.Mutex
	seen []map[string]string
}

func startResponder(t testing.TB) *responder {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { l.Close() })
	r := &responder{addr: l.Addr().String()}
	go func() {
		for {
			conn, err := l.Accept()
			if err != nil {
				return
			}
			go r.serve(conn)
		}
	}()
	return r
}

// serve answers the one request of a connection.
func (r *responder) serve(conn net.Conn) {
	defer conn.Close()
	var params, body []byte
	var header [8]byte
	for {
		if _, err := io.ReadFull(conn, header[:]); err != nil {
			return
		}
		length, padding := int(binary.BigEndian.Uint16(header[4:])), int(header[6])
		content := make([]byte, length+padding)
		if _, err := io.ReadFull(conn, content); err != nil {
			return
		}
		switch content = content[:length]; header[1] {
		case fcgiParams:
			params = append(params, content...)
		case fcgiStdin:
			if len(content) > 0 {
				body = append(body, content...)
				continue
			}
			r.remember(params, body)
			answer := "Status: 200 OK\r\nContent-Type: text/html\r\n\r\nhello from the responder"
			writeRecord(conn, fcgiStdout, []byte(answer))
			writeRecord(conn, fcgiStdout, nil)
			writeRecord(conn, fcgiEnd, make([]byte, 8))
			return
		}
	}
}

func writeRecord(w io.Writer, kind byte, content []byte) {
	header := [8]byte{1, kind, 0, 1}
	binary.BigEndian.PutUint16(header[4:], uint16(len(content)))
	_, _ = w.Write(append(header[:], content...))
}

// remember takes the variables apart: pairs of lengths, names and values.
func (r *responder) remember(params, body []byte) {
	env := map[string]string{"BODY": string(body)}
	next := func() int {
		if params[0] < 0x80 {
			n := int(params[0])
			params = params[1:]
			return n
		}
		n := int(binary.BigEndian.Uint32(params) & 0x7fffffff)
		params = params[4:]
		return n
	}
	for len(params) > 0 {
		name := next()
		value := next()
		env[string(params[:name])] = string(params[name : name+value])
		params = params[name+value:]
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	r.seen = append(r.seen, env)
}

// last are the variables of the latest request.
func (r *responder) last(t testing.TB) map[string]string {
	t.Helper()
	r.mu.Lock()
	defer r.mu.Unlock()
	if len(r.seen) == 0 {
		t.Fatal("the FastCGI application got no request")
	}
	return r.seen[len(r.seen)-1]
}

func TestPHPNeverSeesTheToken(t *testing.T) {
	t.Parallel()
	php := startResponder(t)
	g := startGateway(t, setup{site: "root * HOME/www\nlinkgate {\nsession off\n}\nphp_fastcgi " + php.addr + "\nhandle_errors 410 {\nroot * HOME/www\nrewrite * /error.php?from={http.request.orig_uri.path}\nphp_fastcgi " + php.addr + "\n}"})
	g.writeFiles(map[string]string{"www/index.php": "", "www/dir/index.php": "", "www/page.php": "", "www/error.php": ""})
	tok := g.limited(t, 100)
	cases := []struct {
		name, path string
		headers    []string
		want       map[string]string
	}{
		{"the front controller", "/LINK/blog/1?x=%20&y", nil, map[string]string{"REQUEST_URI": "/blog/1?x=%20&y", "SCRIPT_NAME": "/index.php", "QUERY_STRING": "x=%20&y"}},
		{"the end of the path", "/dir/LINK", nil, map[string]string{"REQUEST_URI": "/dir/", "SCRIPT_NAME": "/dir/index.php", "QUERY_STRING": ""}},
		{"a script with more path", "/page.php/LINK/more", nil, map[string]string{"REQUEST_URI": "/page.php/more", "SCRIPT_NAME": "/page.php", "PATH_INFO": "/more"}},
		{"the query", "/page.php?a=1&token=LINK&b=2", nil, map[string]string{"REQUEST_URI": "/page.php?a=1&b=2", "QUERY_STRING": "a=1&b=2"}},
		{"bearer", "/page.php", []string{"Authorization", "Bearer JWT"}, map[string]string{"HTTP_AUTHORIZATION": ""}},
		{"a header and a Referer", "/page.php", []string{"X-Link-Token", "LINK", "Referer", "http://h.example/LINK/x"}, map[string]string{"HTTP_X_LINK_TOKEN": "", "HTTP_REFERER": "http://h.example/x"}},
		{"a forged identity", "/page.php/LINK", []string{"X-Linkgate_Rid", "forged", "X-Linkgate-Rid", "forged"}, map[string]string{"HTTP_X_LINKGATE_RID": "cust1234", "HTTP_X_LINKGATE_ISS": "cpg"}},
	}
	fill := strings.NewReplacer("LINK", tok.Link, "JWT", tok.JWT)
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			for i := range c.headers {
				c.headers[i] = fill.Replace(c.headers[i])
			}
			a := g.get(t, fill.Replace(c.path), c.headers...)
			a.wantStatus(t, 200)
			a.wantHeader(t, "Cache-Control", "private, no-cache")
			wantVariables(t, php.last(t), c.want, tok)
		})
	}
	g.wantCounter(t, tok.Link, int64(len(cases)))

	t.Run("a directory without its slash is sent on without the token", func(t *testing.T) {
		a := g.get(t, "/"+tok.Link+"/dir")
		a.wantStatus(t, 308)
		a.wantHeader(t, "Location", "./dir/")
	})
	t.Run("an error route that is PHP", func(t *testing.T) {
		spent := g.limited(t, 1)
		g.get(t, "/"+spent.Link).wantStatus(t, 200)
		g.get(t, "/x/"+spent.Link+"/y").wantStatus(t, 200)
		wantVariables(t, php.last(t), map[string]string{"SCRIPT_NAME": "/error.php", "REQUEST_URI": "/x/y", "QUERY_STRING": "from=%2Fx%2Fy"}, spent)
	})
}

// wantVariables fails where a variable is another one, or holds the token.
func wantVariables(t *testing.T, env, want map[string]string, tok token) {
	t.Helper()
	for name, value := range want {
		if env[name] != value {
			t.Errorf("%s is %q, want %q", name, env[name], value)
		}
	}
	for name, value := range env {
		for _, secret := range []string{tok.Link, tok.JWT, "forged"} {
			if strings.Contains(value, secret) {
				t.Errorf("PHP sees the token, or a forgery: %s=%s", name, value)
			}
		}
	}
}
