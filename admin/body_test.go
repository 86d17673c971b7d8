package admin_test

import (
	"strings"
	"testing"
)

func TestABodyIsJSONWhateverItIsLabelled(t *testing.T) {
	t.Parallel()
	a := newAPI(t)
	for _, kind := range []string{
		"", "application/json", "application/json; charset=utf-8", "Application/JSON;charset=\"UTF-8\"",
		"application/vnd.linkgate+json", "application/problem+json",
	} {
		a.do("POST", "/api/v1/token", simple, as(a.writer), with("Content-Type", kind)).is(200)
	}
	for _, kind := range []string{
		"text/plain", "text/json", "application/x-www-form-urlencoded", "multipart/form-data; boundary=x", "application/xml",
		"application/json; charset=latin1", "application/json; charset=utf-16", "application/jsonp", "image/svg+json", "nonsense", "application/json;;=",
	} {
		a.do("POST", "/api/v1/token", simple, as(a.writer), with("Content-Type", kind)).is(415)
	}
	a.do("POST", "/api/v1/token", simple, as(a.writer), with("Content-Type", "application/json"), with("Content-Type", "text/plain")).is(415)
	a.do("POST", "/api/v1/token", simple, as(a.writer), with("Content-Encoding", "gzip")).is(415)
	a.do("POST", "/api/v1/token", simple, as(a.writer), with("Content-Encoding", "identity")).is(200)
}

func TestMalformedJSONIs400AndSaysNothingOfWhatWasSent(t *testing.T) {
	t.Parallel()
	a := newAPI(t)
	link := a.create(simple)
	for name, body := range map[string]string{
		"empty":               "",
		"white space":         "  \n",
		"typographic quotes":  `{“rid”: “cust1234”, “url”: “http://clever.com/mytag/”, “exp”: 1440, “iss”: “cpg_sale50_off”}`,
		"missing quote":       `{"rid":"r", config": []}`,
		"trailing comma":      `{"rid":"r",}`,
		"trailing text":       simple + "x",
		"two values":          simple + simple,
		"comment":             `{/*c*/}`,
		"single quotes":       `{'rid':'r'}`,
		"byte order mark":     "\ufeff" + simple,
		"invalid UTF-8":       `{"rid":"` + "\xff" + `"}`,
		"lone surrogate":      `{"rid":"\ud800"}`,
		"raw control byte":    "{\"rid\":\"a\x01b\"}",
		"too deep":            `{"data":` + strings.Repeat("[", 40) + strings.Repeat("]", 40) + `}`,
		"half an object":      `{"rid":"secret-of-mine`,
		"hexadecimal literal": `{"exp":0x10}`,
		"leading zero":        `{"exp":010}`,
		"urlencoded":          "rid=r&url=http://h/",
	} {
		for _, target := range []struct{ method, path string }{{"POST", "/api/v1/token"}, {"PATCH", "/api/v1/token/" + link}} {
			r := a.do(target.method, target.path, body, as(a.both))
			if r.status != 400 {
				t.Errorf("%s: %s is %d: %s", target.method, name, r.status, r.text)
				continue
			}
			r.is(400)
			if strings.Contains(r.text, "cust1234") || strings.Contains(r.text, "secret-of-mine") {
				t.Errorf("%s is said back: %s", name, r.text)
			}
		}
	}
}

func TestAValidBodyThatIsNoObjectIs422(t *testing.T) {
	t.Parallel()
	a := newAPI(t)
	for _, body := range []string{"null", "true", "5", `"x"`, "[]", `[{"rid":"r"}]`} {
		a.do("POST", "/api/v1/token", body, as(a.writer)).is(422)
	}
}

func TestAMemberOfAnotherNameIs422AndNamed(t *testing.T) {
	t.Parallel()
	a := newAPI(t)
	link := a.create(simple)
	cases := []struct{ name, member, field string }{
		{"repeated", `"cnt":5,"cnt":6`, "cnt"},
		{"repeated with an escape", `"cnt":5,"\u0063nt":6`, "cnt"},
		{"upper case", `"CNT":1`, "CNT"},
		{"mixed case beside the right one", `"cnt":5,"Cnt":1`, "Cnt"},
		{"a letter that folds to s", `"i\u017fs":"x"`, "iſs"},
		{"unknown", `"extra":1`, "extra"},
		{"server's own", `"counter":5`, "counter"},
		{"an empty name", `"":1`, ""},
		{"a repeated name inside a value", `"cnt":{"a":1,"a":2}`, "a"},
		{"a name with a line break", `"a\nb":1`, `a\nb`},
		{"an endless name", `"` + strings.Repeat("x", 9000) + `":1`, strings.Repeat("x", 64) + "…"},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			r := a.do("POST", "/api/v1/token", simple[:len(simple)-1]+","+c.member+"}", as(a.writer)).is(422)
			if c.field != "" {
				r.names(c.field)
			}
			if r.json["field"] == "iſs" {
				return // no field of a change is spelled with an s twice
			}
			a.do("PATCH", "/api/v1/token/"+link, "{"+c.member+"}", as(a.both)).is(422)
		})
	}
	a.do("POST", "/api/v1/token", `{"CNT":1,`+simple[1:], as(a.writer)).is(422).says(`"cnt"`)
}

func TestABodyMayHave64KiBAndNotOneByteMore(t *testing.T) {
	t.Parallel()
	a := newAPI(t)
	fill := strings.Repeat(" ", 64<<10-len(simple))
	a.do("POST", "/api/v1/token", simple+fill, as(a.writer)).is(200)
	a.do("POST", "/api/v1/token", simple+fill+" ", as(a.writer)).is(413)
	a.do("PATCH", "/api/v1/token/"+idOf(a.both), simple+fill+" ", as(a.both)).is(413)
}
