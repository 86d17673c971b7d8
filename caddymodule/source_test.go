package caddymodule

import (
	"net/http"
	"net/url"
	"slices"
	"testing"
)

const (
	linkA = "48851f26b437494fb4661dcdb2c8d004"
	linkB = "550a7a8b837d4bb3acb98eae86a49172"
)

func TestCutPathTakesOneSegmentOutByteExactly(t *testing.T) {
	t.Parallel()
	tests := map[string]struct{ path, base, want string }{
		"in the middle":                       {"/mytag/" + linkA + "/a.css", "", "/mytag/a.css"},
		"at the end the slash stays":          {"/mytag/" + linkA, "", "/mytag/"},
		"at the end of a URL without a slash": {"/mytag/" + linkA, "/mytag", "/mytag"},
		"at the end of a URL with a slash":    {"/mytag/" + linkA, "/mytag/", "/mytag/"},
		"under another URL":                   {"/mytag/x/" + linkA, "/mytag", "/mytag/x/"},
		"with a slash behind it":              {"/mytag/" + linkA + "/", "/mytag", "/mytag/"},
		"as the whole path":                   {"/" + linkA, "", "/"},
		"first of all":                        {"/" + linkA + "/a", "", "/a"},
		"encoded neighbours keep their bytes": {"/%6Dy%20tag/" + linkA + "/%7ea", "", "/%6Dy%20tag/%7ea"},
		"part of a segment is none":           {"/x" + linkA + "/a", "", "/x" + linkA + "/a"},
		"upper case is none":                  {"/48851F26B437494FB4661DCDB2C8D004/a", "", "/48851F26B437494FB4661DCDB2C8D004/a"},
		"only the first of two":               {"/" + linkA + "/" + linkA, "", "/" + linkA},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if got := cutPath(tt.path, linkA, baseURL(tt.base)); got != tt.want {
				t.Errorf("got %q, want %q", got, tt.want)
			}
		})
	}
}

func TestSetPathKeepsTheBytesOfAPath(t *testing.T) {
	t.Parallel()
	for _, escaped := range []string{"/", "/a", "/a%2Fb", "/%C3%A9", "/a%20b", "/a;b", "/~x", "/%7Ex", "/a+b", "/@:!$&'()*"} {
		u := new(url.URL)
		setPath(u, escaped)
		if got := u.EscapedPath(); got != escaped {
			t.Errorf("%q became %q", escaped, got)
		}
	}
}

func TestStrictPath(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		path string
		ok   bool
	}{
		"a plain path":                {"/mytag/x", true},
		"an empty path":               {"", true},
		"an encoded space":            {"/a%20b", true},
		"a percent sign":              {"/100%25", true},
		"a double-encoded slash":      {"/a%252fb", true},
		"a file that begins with dot": {"/.well-known/x", true},
		"a name with dots":            {"/a..b/c.", true},
		"three dots":                  {"/.../x", true},
		"UTF-8":                       {"/caf%C3%A9", true},
		"an encoded slash":            {"/a%2Fb", false},
		"an encoded slash, lower":     {"/a%2fb", false},
		"an encoded backslash":        {"/a%5Cb", false},
		"an encoded backslash, lower": {"/a%5cb", false},
		"a backslash":                 {`/a\b`, false},
		"an encoded NUL":              {"/a%00", false},
		"an encoded newline":          {"/a%0ab", false},
		"an encoded DEL":              {"/a%7f", false},
		"a dot segment":               {"/a/./b", false},
		"a dot segment at the end":    {"/a/.", false},
		"dots up":                     {"/a/../b", false},
		"dots up at the end":          {"/a/..", false},
		"dots up, encoded":            {"/a/%2e%2E/b", false},
		"dots up, half encoded":       {"/a/.%2e", false},
		"two slashes":                 {"/a//b", false},
		"two slashes in front":        {"//a", false},
		"overlong UTF-8":              {"/%c0%ae%c0%ae/x", false},
		"broken UTF-8":                {"/%ff", false},
		"a surrogate in UTF-8":        {"/%ed%a0%80", false},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if got := strictPath(tt.path); got != tt.ok {
				t.Errorf("%q: got %v, want %v", tt.path, got, tt.ok)
			}
		})
	}
}

func TestCutQueryLeavesEveryOtherByte(t *testing.T) {
	t.Parallel()
	tests := map[string]struct{ raw, want string }{
		"alone":                    {"token=" + linkA, ""},
		"first":                    {"token=" + linkA + "&b=2", "b=2"},
		"in the middle":            {"b=%7e&token=" + linkA + "&a=+;c", "b=%7e&a=+;c"},
		"last":                     {"a&b=&token=" + linkA, "a&b="},
		"by an encoded name":       {"tok%65n=" + linkA + "&x", "x"},
		"another value stays":      {"token=1&x=" + linkA, "token=1&x=" + linkA},
		"empty pairs stay":         {"&&token=" + linkA + "&&", "&&&"},
		"a longer value is no use": {"token=" + linkA + "0", "token=" + linkA + "0"},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if got := cutQuery(tt.raw, "token", linkA); got != tt.want {
				t.Errorf("got %q, want %q", got, tt.want)
			}
		})
	}
}

func TestFindTellsOneTokenFromManyAndFromNone(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		target    string
		header    http.Header
		candidate string
		ambiguous bool
	}{
		"none":                                 {target: "/a"},
		"in the path":                          {target: "/a/" + linkA + "/b", candidate: linkA},
		"the first of two in the path":         {target: "/" + linkB + "/" + linkA, candidate: linkB},
		"percent-encoded in the path is none":  {target: "/%34%388851f26b437494fb4661dcdb2c8d004"},
		"upper case in the path is none":       {target: "/48851F26B437494FB4661DCDB2C8D004"},
		"a hash of another length is none":     {target: "/" + linkA + linkB},
		"a script is none":                     {target: "/jquery.min.js"},
		"in the query":                         {target: "/?x=1&token=" + linkA, candidate: linkA},
		"in another parameter is none":         {target: "/?t=" + linkA},
		"encoded in the query is none":         {target: "/?token=%34%388851f26b437494fb4661dcdb2c8d004"},
		"the same in path and query":           {target: "/" + linkA + "?token=" + linkA, candidate: linkA},
		"two in path and query":                {target: "/" + linkA + "?token=" + linkB, candidate: linkA, ambiguous: true},
		"twice the same parameter":             {target: "/?token=" + linkA + "&token=" + linkA, candidate: linkA, ambiguous: true},
		"a repeated parameter, one candidate":  {target: "/?token=x&token=" + linkA, candidate: linkA, ambiguous: true},
		"a repeated parameter under two names": {target: "/?token=" + linkA + "&tok%65n=b", candidate: linkA, ambiguous: true},
		"a repeated parameter, no candidate":   {target: "/?token=x&token=y"},
		"behind a semicolon":                   {target: "/?x=1;token=" + linkA, candidate: linkA, ambiguous: true},
		"before a semicolon":                   {target: "/?token=" + linkA + ";x=1", candidate: linkA, ambiguous: true},
		"in the header":                        {target: "/", header: http.Header{"X-Link-Token": {linkA}}, candidate: linkA},
		"two headers":                          {target: "/", header: http.Header{"X-Link-Token": {linkA, linkA}}, candidate: linkA, ambiguous: true},
		"a joined header is none":              {target: "/", header: http.Header{"X-Link-Token": {linkA + ", " + linkB}}},
		"as bearer":                            {target: "/", header: http.Header{"Authorization": {"bearer " + linkA}}, candidate: linkA},
		"the upstream's own bearer":            {target: "/", header: http.Header{"Authorization": {"Bearer abc.def.ghi"}}},
		"basic credentials":                    {target: "/", header: http.Header{"Authorization": {"Basic " + linkA}}},
		"an API credential is none":            {target: "/", header: http.Header{"Authorization": {"Bearer " + linkA + ".secret"}}},
		"a cookie where cookies do not count":  {target: "/", header: http.Header{"Cookie": {"token=" + linkA}}},
	}
	g := testGate(t, Gate{})
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			r := newRequest(t, tt.target, tt.header)
			f := g.find(r, r.URL, r.URL.EscapedPath())
			if f.candidate != tt.candidate || f.ambiguous != tt.ambiguous {
				t.Errorf("got %+v", f)
			}
		})
	}
}

func TestCookiesAreFoundAndTakenOut(t *testing.T) {
	t.Parallel()
	h := http.Header{"Cookie": {"a=1;  tok=" + linkA + "; b=\"2\"", "c=3"}}
	if got := cookieValues(h, "tok"); !slices.Equal(got, []string{linkA}) {
		t.Errorf("found %q", got)
	}
	cutCookies(h, "tok", func(string) bool { return true })
	if got := h["Cookie"]; !slices.Equal(got, []string{`a=1; b="2"`, "c=3"}) {
		t.Errorf("left %q", got)
	}
	cutCookies(h, "none", func(string) bool { return true })
	cutCookies(h, "a", func(string) bool { return true })
	cutCookies(h, "b", func(string) bool { return true })
	cutCookies(h, "c", func(string) bool { return true })
	if got, ok := h["Cookie"]; ok {
		t.Errorf("left %q, want no header", got)
	}
}
