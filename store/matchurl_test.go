package store_test

import (
	"testing"

	"github.com/linkgate/linkgate/store"
)

// urls are token URLs and requests, and whether the one covers the other.
var urls = map[string]struct {
	url, host, path string
	under           bool
}{
	"the path itself":                       {"https://example.com/mytag", "example.com", "/mytag", true},
	"with a slash at the end":               {"https://example.com/mytag", "example.com", "/mytag/", true},
	"a slash at the end of the URL":         {"https://example.com/mytag/", "example.com", "/mytag", true},
	"a path below":                          {"https://example.com/mytag", "example.com", "/mytag/a/b.css", true},
	"a segment that only begins alike":      {"https://example.com/mytag", "example.com", "/mytagx", false},
	"a segment that is only longer":         {"https://example.com/my", "example.com", "/mytag", false},
	"a path above":                          {"https://example.com/a/b", "example.com", "/a", false},
	"a path beside":                         {"https://example.com/a/b", "example.com", "/a/c", false},
	"a path that has it further down":       {"https://example.com/a", "example.com", "/b/a", false},
	"other letters in the path":             {"https://example.com/mytag", "example.com", "/MyTag", false},
	"a URL without a path":                  {"https://example.com", "example.com", "/anything", true},
	"a URL with the root path":              {"https://example.com/", "example.com", "/", true},
	"other letters in the host":             {"https://Example.COM/a", "eXample.com", "/a", true},
	"another host":                          {"https://example.com/a", "example.org", "/a", false},
	"a host that only ends alike":           {"https://example.com/a", "evilexample.com", "/a", false},
	"a host below":                          {"https://example.com/a", "www.example.com", "/a", false},
	"no host":                               {"https://example.com/a", "", "/a", false},
	"the other scheme's default port":       {"http://example.com:80/a", "example.com", "/a", true},
	"the default port in the request":       {"https://example.com/a", "example.com:443", "/a", true},
	"the same port":                         {"https://example.com:8443/a", "example.com:8443", "/a", true},
	"another port":                          {"https://example.com:8443/a", "example.com", "/a", false},
	"a port that only ends alike":           {"https://example.com/a", "example.com:8080", "/a", false},
	"an IPv6 address":                       {"https://[2001:db8::1]/a", "[2001:DB8::1]:443", "/a", true},
	"an IPv6 address that ends like a port": {"https://[2001:db8::80]/a", "[2001:db8::80]", "/a", true},
	"an escaped letter":                     {"https://example.com/mytag", "example.com", "/m%79tag/x", true},
	"an escaped letter in the URL":          {"https://example.com/m%79tag", "example.com", "/mytag", true},
	"an escaped space on both sides":        {"https://example.com/a%20b", "example.com", "/a%20b/c", true},
	"an encoded slash is no separator":      {"https://example.com/a/b", "example.com", "/a%2Fb", false},
	"an encoded slash below":                {"https://example.com/a", "example.com", "/a/b%2fc", false},
	"an encoded backslash below":            {"https://example.com/a", "example.com", "/a/b%5Cc", false},
	"an encoded NUL below":                  {"https://example.com/a", "example.com", "/a/b%00", false},
	"a way out":                             {"https://example.com/a", "example.com", "/a/../b", false},
	"an encoded way out":                    {"https://example.com/a", "example.com", "/a/%2e%2E/b", false},
	"a dot segment":                         {"https://example.com/a", "example.com", "/a/./b", false},
	"a way in":                              {"https://example.com/a", "example.com", "/b/../a", false},
	"three dots are a name":                 {"https://example.com/a", "example.com", "/a/.../b", true},
	"doubled slashes":                       {"https://example.com/a/b", "example.com", "//a//b", true},
	"no path":                               {"https://example.com/a", "example.com", "", false},
	"a token without a URL":                 {"", "example.com", "/a", false},
	"a URL without a host":                  {"/a", "", "/a", false},
	"no URL at all":                         {"://", "example.com", "/a", false},
	"user info is not the host":             {"https://example.com@evil.org/a", "example.com", "/a", false},
}

func TestMatchURL(t *testing.T) {
	t.Parallel()
	for name, c := range urls {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			token := store.Token{URL: c.url, State: store.Enabled}
			a := store.Attempt{Now: now, Route: store.Route{MatchURL: true, Host: c.host, Path: c.path}}
			want := store.OutOfScope
			if c.under {
				want = store.Admitted
			}
			if d := store.Judge(&token, 0, &a); d.Reason != want {
				t.Fatalf("%q at %q %q: got reason %q, want %q", c.url, c.host, c.path, d.Reason, want)
			}
			a.Route.MatchURL = false
			if d := store.Judge(&token, 0, &a); !d.Admitted() {
				t.Fatalf("without match_url: got reason %q", d.Reason)
			}
		})
	}
}
