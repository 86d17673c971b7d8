package jwt_test

import (
	"encoding/base64"
	"strings"
	"testing"

	"github.com/linkgate/linkgate/store/jwt"
)

func TestCandidates(t *testing.T) {
	t.Parallel()
	const h, p = `{"alg":"HS256"}`, `{"_id":"x"}`
	join := func(header, payload string) string { return encoded(header) + "." + encoded(payload) + ".c2ln" }
	cases := map[string]string{
		"a token of ours":                sealed(goodHeader, goodPayload),
		"nothing but the two":            join(h, p),
		"no signature":                   encoded(h) + "." + encoded(p) + ".",
		"a signature of any kind":        encoded(h) + "." + encoded(p) + ".~ü\x00=",
		"alg none":                       join(`{"alg":"none"}`, p),
		"an empty header":                join(`{}`, p),
		"a header that says anything":    join(`{"crit":["x"],"alg":"RS256","alg":1}`, p),
		"an _id that is no link":         join(h, `{"_id":null}`),
		"an _id twice":                   join(h, `{"_id":1,"_id":2}`),
		"an _id spelled with an escape":  join(h, `{"\u005f\u0069\u0064":1}`),
		"an _id far behind":              join(h, `{"a":{"b":[1]},"c":"d","_id":1}`),
		"invalid UTF-8 in a string":      join("{\"a\":\"\xff\"}", "{\"a\":\"\xff\",\"_id\":1}"),
		"half a surrogate pair":          join(`{"a":"\ud800"}`, `{"a":"\udc00","_id":1}`),
		"a space before the object":      join(" "+h, " "+p),
		"a tab before the object":        join("\t"+h, "\t"+p),
		"a line feed before the object":  join("\n"+h, "\n"+p),
		"a carriage return before it":    join("\r\n"+h, "\r\n"+p),
		"white space behind":             join(h+" \n", p+" \n"),
		"padding":                        base64.URLEncoding.EncodeToString([]byte(h+" ")) + "." + base64.URLEncoding.EncodeToString([]byte(p)) + ".c2ln",
		"padding that is too long":       encoded(h) + "===." + encoded(p) + "=====.",
		"trailing bits":                  encoded(h) + "." + loosened(t, encoded(p)) + ".c2ln",
		"line breaks inside":             encoded(h)[:4] + "\n" + encoded(h)[4:] + "." + encoded(p)[:4] + "\r\n" + encoded(p)[4:] + ".\n",
		"longer than Verify would read":  join(h, `{"_id":"`+strings.Repeat("x", 10_000)+`"}`),
		"a long header":                  join(`{"x":"`+strings.Repeat("x", 1000)+`"}`, p),
		"a number that fits no variable": join(h, `{"_id":1e999999}`),
	}
	for name, raw := range cases {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if !jwt.Candidate(raw) {
				t.Errorf("%.200q is no candidate", raw)
			}
		})
	}
}

func TestWhatBelongsToTheUpstreamIsNoCandidate(t *testing.T) {
	t.Parallel()
	const h, p = `{"alg":"HS256"}`, `{"_id":"x"}`
	join := func(header, payload string) string { return encoded(header) + "." + encoded(payload) + ".c2ln" }
	cases := map[string]string{
		"nothing":                          "",
		"a link":                           testLink,
		"a file":                           "jquery.min.js",
		"a file with a familiar start":     "eyJ.min.js",
		"an address":                       "192.168.0.1",
		"a host":                           "example.org",
		"two dots":                         "..",
		"the upstream's own token":         join(`{"alg":"RS256","kid":"1"}`, `{"iss":"https://id.example","sub":"1","exp":1}`),
		"a token with an ID of another":    join(h, `{"_ID":"x","_Id":"y","id":"z","__id":"w"}`),
		"an _id that is a value":           join(h, `{"a":"_id"}`),
		"an _id in an inner object":        join(h, `{"a":{"_id":"x"}}`),
		"an _id in a list":                 join(h, `[{"_id":"x"}]`),
		"an _id in the header only":        join(`{"_id":"x"}`, `{"a":"_id\""}`),
		"a name that contains the _id":     join(h, `{"a\"_id":1}`),
		"two parts":                        encoded(h) + "." + encoded(p),
		"four parts":                       join(h, p) + ".",
		"five parts":                       join(h, p) + "..",
		"a header that is a list":          join(`[]`, p),
		"a header that is text":            join(`"eyJ"`, p),
		"a header that is null":            join(`null`, p),
		"a header that is cut off":         join(`{"alg":"HS256"`, p),
		"a header with something behind":   join(h+`x`, p),
		"a payload with something behind":  join(h, p+`x`),
		"a payload that is null":           join(h, `null`),
		"a payload that is cut off":        join(h, `{"_id":"x"`),
		"an empty header":                  "." + encoded(p) + ".",
		"an empty payload":                 encoded(h) + "..",
		"a byte order mark":                join("\xef\xbb\xbf"+h, p),
		"another alphabet":                 encoded(h) + "." + strings.ReplaceAll(encoded(p+"   "), "I", "+") + ".",
		"a character base64 has not":       "eyJ~." + encoded(p) + ".",
		"a length base64 has not":          encoded(h) + "." + encoded(p) + "AA.",
		"a credential":                     testLink + ".c2VjcmV0",
		"one byte longer than 16 KiB":      exactly(16<<10 + 1),
		"a header of brackets":             join(strings.Repeat("{", 10_000), p),
		"a payload of brackets":            join(h, `{"_id":`+strings.Repeat("[", 10_000)),
		"a mebibyte":                       exactly(1 << 20),
		"a token behind a percent sign":    "%65" + join(h, p)[1:],
		"the parts of a token in new case": strings.ToUpper(join(h, p)),
	}
	for name, raw := range cases {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if jwt.Candidate(raw) {
				t.Errorf("%.200q is a candidate", raw)
			}
		})
	}
	if !jwt.Candidate(exactly(16 << 10)) {
		t.Error("what is 16 KiB long is no candidate: the case one byte longer proves nothing")
	}
}

// exactly is a token of the given length, made up by its signature.
func exactly(length int) string {
	raw := encoded(goodHeader) + "." + encoded(goodPayload) + "."
	return raw + strings.Repeat("A", length-len(raw))
}

// A request is full of texts that are no tokens: they must cost nothing.
func TestJunkIsTurnedAwayWithoutAllocating(t *testing.T) {
	for _, raw := range []string{"", "jquery.min.js", testLink, "index.html", "a.b.c", strings.Repeat(".", 16<<10), strings.Repeat("e", 1<<20)} {
		if n := testing.AllocsPerRun(100, func() { _ = jwt.Candidate(raw) }); n > 0 {
			t.Errorf("%.20q costs %v allocations", raw, n)
		}
	}
	ring := mustRing(t, testKey)
	for _, raw := range []string{"", "index.html", strings.Repeat(".", 1<<20), strings.Repeat("A", 4<<10)} {
		if n := testing.AllocsPerRun(100, func() { _, _ = ring.Verify(raw) }); n > 0 {
			t.Errorf("verifying %.20q costs %v allocations", raw, n)
		}
	}
}
