//go:build faults

package integration

import (
	"net"
	"os"
	"os/exec"
	"strings"
	"testing"
	"time"
)

// startPHP starts a real PHP that serves FastCGI.
func startPHP(t *testing.T) (addr string) {
	t.Helper()
	addr = address(freePort(t))
	cmd := exec.Command("php-cgi", "-b", addr)
	cmd.Env = append(os.Environ(), "PHP_FCGI_CHILDREN=0")
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		_ = cmd.Process.Kill()
		_ = cmd.Wait()
	})
	if !eventually(10*time.Second, func() bool {
		conn, err := net.Dial("tcp", addr)
		if err != nil {
			return false
		}
		conn.Close()
		return true
	}) {
		t.Fatal("PHP does not listen")
	}
	return addr
}

func TestARealPHPNeverSeesTheToken(t *testing.T) {
	up := startPHP(t)
	g := startGateway(t, setup{site: "root * HOME/www\nlinkgate {\nsession off\n}\nphp_fastcgi " + up})
	g.writeFiles(map[string]string{"www/index.php": "<?php\nheader('Content-Type: text/plain');\nheader('Cache-Control: public, max-age=9');\nsetcookie('theirs', '1');\n" +
		"var_export(['_SERVER' => $_SERVER, 'GET' => $_GET, 'COOKIE' => $_COOKIE, 'REQUEST' => $_REQUEST, 'ENV' => getenv(), 'HEADERS' => getallheaders()]);\n" +
		"echo 'BODY ', file_get_contents('php://input'), \"\\n\";"})
	tok := g.limited(t, 100)
	fill := strings.NewReplacer("LINK", tok.Link, "JWT", tok.JWT)
	for name, c := range map[string]struct {
		path    string
		headers []string
	}{
		"in the path":   {"/blog/LINK/1?x=1", nil},
		"in the query":  {"/blog/1?token=JWT&x=1", nil},
		"in the header": {"/blog/1?x=1", []string{"X-Link-Token", "LINK"}},
		"as bearer":     {"/blog/1?x=1", []string{"Authorization", "Bearer JWT"}},
		"and a Referer": {"/blog/LINK/1?x=1", []string{"Referer", "http://h.example/LINK?token=JWT", "X_Linkgate_Rid", "forged", "X-Linkgate-Rid", "forged"}},
	} {
		t.Run(name, func(t *testing.T) {
			for i := range c.headers {
				c.headers[i] = fill.Replace(c.headers[i])
			}
			a := g.get(t, fill.Replace(c.path), c.headers...)
			a.wantStatus(t, 200)
			for _, want := range []string{"'REQUEST_URI' => '/blog/1?x=1'", "'HTTP_X_LINKGATE_RID' => 'cust1234'", "'x' => '1'"} {
				if !strings.Contains(a.Body, want) {
					t.Errorf("PHP does not see %s: %s", want, a.Body)
				}
			}
			for _, secret := range []string{tok.Link, tok.JWT, "forged"} {
				if strings.Contains(a.Body, secret) {
					t.Errorf("PHP sees the token, or a forgery: %s", a.Body)
				}
			}
			a.wantHeader(t, "Cache-Control", "private, max-age=9")
			a.wantHeader(t, "Set-Cookie", "theirs=1")
		})
	}
	g.wantCounter(t, tok.Link, 5)
}
