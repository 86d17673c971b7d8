package mask_test

import (
	"encoding/base64"
	"strings"
	"testing"

	"github.com/linkgate/linkgate/caddymodule/mask"
)

const (
	link   = "48851f26b437494fb4661dcdb2c8d004"
	print8 = "afd18269" // printf %s "$link" | sha256sum | cut -c1-8
	secret = "5b4e0c1f9a7d43e2b6c8d0f1a2b3c4d5"
	trace  = "4bf92f3577b34da6a3ce929d0e0e4736"
)

// token is a JWT of link, as the API mints it.
var token = jwtOf(`{"typ":"JWT","alg":"HS256","kid":"k1"}`, `{"rid":"cust1234","exp":1662913812,"_id":"`+link+`"}`)

func jwtOf(header, payload string) string {
	enc := base64.RawURLEncoding.EncodeToString
	return enc([]byte(header)) + "." + enc([]byte(payload)) + ".nAdnSEVeqdnsItF8OBZ82cBHDZDysm1CWq6GLRcuxrQ"
}

func TestTextReplacesLinks(t *testing.T) {
	t.Parallel()
	run(t, map[string][2]string{
		"a link alone":                       {link, "link:" + print8},
		"a path segment":                     {"/mytag/" + link + "/a.css?x=1", "/mytag/link:" + print8 + "/a.css?x=1"},
		"a query value":                      {"/a?t=" + link + "&x=1", "/a?t=link:" + print8 + "&x=1"},
		"a link in a full address":           {"https://a.example/t/" + link, "https://a.example/t/link:" + print8},
		"two links, one of them twice":       {link + " " + trace + "," + link, "link:" + print8 + " link:" + mask.Fingerprint(trace) + ",link:" + print8},
		"a link with a file name ending":     {"/" + link + ".html", "/link:" + print8 + ".html"},
		"a link glued to letters":            {"x" + link + "y", "xlink:" + print8 + "y"},
		"a link after a dash":                {"t-" + link + "_", "t-link:" + print8 + "_"},
		"encoded neighbours, lower case":     {"%2f" + link + "%2f", "%2flink:" + print8 + "%2f"},
		"encoded neighbours, upper case":     {"%2F" + link + "%3F", "%2Flink:" + print8 + "%3F"},
		"doubly encoded neighbours":          {"%252f" + link + "%252f", "%252flink:" + print8 + "%252f"},
		"neighbours encoded over and over":   {"%25252525252e" + link, "%25252525252elink:" + print8},
		"a doubly encoded digit inside":      {"/%2534" + link[1:], "/link:" + print8},
		"an encoded stray percent sign":      {"%25" + link, "%25link:" + print8},
		"encoded stray percent signs":        {"%2525" + link, "%2525link:" + print8},
		"a percent sign before a high byte":  {"%b" + link[1:], "%link:" + mask.Fingerprint("b"+link[1:])},
		"a link that looks like escapes":     {"%25" + "25252525" + link[8:], "%25link:" + mask.Fingerprint("25252525"+link[8:])},
		"an encoded digit inside":            {"/%34" + link[1:], "/link:" + print8},
		"a link behind a stray percent sign": {"%" + link, "%link:" + print8},
		"the same behind digits":             {"aa%" + link, "aa%link:" + print8},
		"a link behind a broken escape":      {"%zz" + link + "%", "%zzlink:" + print8 + "%"},
		"invalid UTF-8 around it":            {"\xff" + link + "\xc3", "\xfflink:" + print8 + "\xc3"},
	})
}

func TestTextReplacesCredentials(t *testing.T) {
	t.Parallel()
	run(t, map[string][2]string{
		"a bearer credential":          {"Bearer " + link + "." + secret, "Bearer credential:" + print8},
		"a credential in a query":      {"?token=" + link + "." + secret + "&id=1", "?token=credential:" + print8 + "&id=1"},
		"an encoded dot":               {link + "%2E" + secret, "credential:" + print8},
		"a base64url secret":           {link + ".Zm9v_-YmFy", "credential:" + print8},
		"a bare secret in a query":     {"/api?access_token=s3cret%26!&page=2", "/api?access_token=REDACTED&page=2"},
		"a bare secret at the end":     {"?access_token=s3cret", "?access_token=REDACTED"},
		"an encoded parameter name":    {"?%61ccess_token=s3cret#x", "?%61ccess_token=REDACTED#x"},
		"another parameter is kept":    {"?my_access_token=public", "?my_access_token=public"},
		"the parameter without value":  {"?access_token=&a=b", "?access_token=REDACTED&a=b"},
		"the parameter's name is kept": {"access_token", "access_token"},
	})
}

func TestTextReplacesJWTs(t *testing.T) {
	t.Parallel()
	cut := token[:strings.LastIndexByte(token, '.')]
	foreign := jwtOf(`{"alg":"RS256"}`, `{"sub":"1"}`)
	run(t, map[string][2]string{
		"a JWT has its link's fingerprint":  {"Bearer " + token, "Bearer jwt:" + print8},
		"a path segment":                    {"/mytag/" + token + "/a.css", "/mytag/jwt:" + print8 + "/a.css"},
		"encoded dots":                      {strings.ReplaceAll(token, ".", "%2e"), "jwt:" + print8},
		"padding between the parts":         {strings.ReplaceAll(token, ".", "==."), "jwt:" + print8},
		"a JWT glued to a word":             {"x-" + token, "x-jwt:" + print8},
		"a JWT glued to a link":             {link + token, "link:" + print8 + "jwt:" + print8},
		"a JWT whose signature is cut off":  {cut, "jwt:" + print8},
		"a JWT whose signature is empty":    {cut + ".", "jwt:" + print8},
		"a JWT of somebody else's":          {foreign, "jwt:" + mask.Fingerprint(foreign)},
		"a header with a space in front":    {jwtOf(`{ "alg":"HS256"}`, `{"_id":"`+link+`"}`), "jwt:" + print8},
		"an empty header":                   {jwtOf(`{}`, `{"_id":"`+link+`"}`), "jwt:" + print8},
		"the shortest payload, cut off":     {"e30." + base64.RawURLEncoding.EncodeToString([]byte(`{"_id":"`+link+`"}`)), "jwt:" + print8},
		"more dots behind it":               {token + ".x", "jwt:" + print8 + ".x"},
		"a link whose digits look like one": {"e3" + link[2:] + ".e3.txt", "link:" + mask.Fingerprint("e3"+link[2:]) + ".e3.txt"},
	})
}

func TestTextKeepsWhatIsNoToken(t *testing.T) {
	t.Parallel()
	for name, s := range map[string]string{
		"nothing":                 "",
		"an ordinary address":     "/assets/jquery.min.js?v=1.2.3",
		"31 digits":               link[1:],
		"33 digits":               link + "0",
		"33 digits, one encoded":  link + "%30",
		"upper case":              strings.ToUpper(link),
		"one digit in upper case": strings.Replace(link, "f", "F", 1),
		"a SHA-256 sum":           strings.Repeat("0a", 32),
		"a UUID":                  "48851f26-b437-494f-b466-1dcdb2c8d004",
		"a version in dots":       "e3.e4",
		"two words that begin ey": "eyes.eyelid",
		"a lone percent sign":     "100%",
		"percent and one digit":   "%4",
		"dots":                    "...",
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if got := mask.Text(s); got != s {
				t.Errorf("Text(%q) = %q, want it unchanged", s, got)
			}
		})
	}
}

// run checks name → {text, want} and that no secret is left in what comes out.
func run(t *testing.T, cases map[string][2]string) {
	t.Helper()
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			got := mask.Text(c[0])
			if got != c[1] {
				t.Errorf("Text(%q)\n got %q\nwant %q", c[0], got, c[1])
			}
			for _, gone := range []string{link, link[1:], secret, "s3cret", strings.Split(token, ".")[1]} {
				if strings.Contains(got, gone) {
					t.Errorf("%q is still in %q", gone, got)
				}
			}
		})
	}
}
