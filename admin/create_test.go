package admin_test

import (
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/linkgate/linkgate/store"
)

// keysOf are the member names of an object, in the order of the alphabet.
func keysOf(m map[string]any) string {
	return strings.Join(slices.Sorted(maps.Keys(m)), " ")
}

func TestCreateAnswersAsTheSeedDocumentShows(t *testing.T) {
	t.Parallel()
	const fixed = `"rid":"cust1234","url":"http://clever.com/mytag/","exp":1440,"iss":"cpg_sale50_off"`
	cases := []struct{ name, body, members string }{
		{"link and token unless asked", `{` + fixed + `}`, "link token url_link"},
		{"what config names", `{` + fixed + `,"config":["link","minutes","iss"]}`, "iss link minutes url_link"},
		{"a limit changes nothing of that", `{` + fixed + `,"config":["link","minutes","iss"],"cnt":3}`, "iss link minutes url_link"},
		{"an empty config leaves the link URL", `{` + fixed + `,"config":[]}`, "url_link"},
		{"a name twice counts once", `{` + fixed + `,"config":["rid","rid"]}`, "rid url_link"},
		{
			"everything there is", `{` + fixed + `,"config":["uuid","counter","cnt","exp","url","rid","iss","minutes","expires","created","token","link"]}`,
			"cnt counter created exp expires iss link minutes rid token url url_link uuid",
		},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			a := newAPI(t)
			r := a.do("POST", "/api/v1/token", c.body, as(a.writer)).is(200)
			if got := keysOf(r.json); got != c.members {
				t.Errorf("members %q, want %q", got, c.members)
			}
			if got := r.header.Get("Content-Type"); got != "application/json" {
				t.Errorf("content type %q", got)
			}
		})
	}
}

func TestCreateAnswersWithTheValuesThatItKeeps(t *testing.T) {
	t.Parallel()
	a := newAPI(t)
	r := a.do("POST", "/api/v1/token", `{"rid":"Ünï & Co","url":"https://clever.com/mytag","exp":90,"iss":"a/b","cnt":3,
		"config":["link","token","created","expires","minutes","iss","rid","url","exp","cnt","counter","uuid"]}`, as(a.both)).is(200)
	link, _ := r.json["link"].(string)
	want := map[string]any{
		"link": link, "url_link": "https://clever.com/mytag/" + link,
		"rid": "Ünï & Co", "iss": "a/b", "url": "https://clever.com/mytag",
		"minutes": json.Number("90"), "cnt": json.Number("3"), "counter": json.Number("0"),
		"created": "2026-11-22T12:00:30.123456Z", "expires": "2026-11-22T13:30:30.123456Z",
		"exp":   json.Number(fmt.Sprint(time.Date(2026, 11, 22, 13, 30, 30, 0, time.UTC).Unix())),
		"token": r.json["token"], "uuid": r.json["uuid"],
	}
	for name, value := range want {
		if r.json[name] != value {
			t.Errorf("%s is %v, want %v", name, r.json[name], value)
		}
	}
	if !strings.Contains(r.text, "Ünï & Co") {
		t.Errorf("text is escaped without need: %s", r.text)
	}
	claims, err := a.keys.Verify(r.json["token"].(string))
	if err != nil || claims.Link != link || claims.RID != "Ünï & Co" ||
		!claims.Expires.Equal(time.Date(2026, 11, 22, 13, 30, 30, 0, time.UTC)) {
		t.Errorf("the JWT says %+v, %v", claims, err)
	}
	kept := a.record(link)
	token := kept.Token
	if kept.Counter != 0 || token.Limit != 3 || token.State != store.Enabled || token.Minutes != 90 || token.UUID != r.json["uuid"] {
		t.Errorf("kept %+v", kept)
	}
	if token.CreatedBy != "uuid-of-write" || token.Scopes != nil || token.HashedAccessToken != "" {
		t.Errorf("kept %+v", token)
	}
	if !token.Modified.Equal(token.Created) || token.Created.Nanosecond()%1000 != 0 {
		t.Errorf("created %v, modified %v", token.Created, token.Modified)
	}
}

func TestTheLinkURLHasOneSlash(t *testing.T) {
	t.Parallel()
	a := newAPI(t)
	for url, want := range map[string]string{
		"http://clever.com":        "http://clever.com/",
		"http://clever.com/":       "http://clever.com/",
		"http://clever.com/mytag":  "http://clever.com/mytag/",
		"http://clever.com/mytag/": "http://clever.com/mytag/",
		"http://clever.com/m//":    "http://clever.com/m/",
		"HTTPS://[::1]:8443/x":     "HTTPS://[::1]:8443/x/",
		"http://h/a%2Fb;c=d/(e)":   "http://h/a%2Fb;c=d/(e)/",
		"http://müller.de/straße":  "http://müller.de/straße/",
	} {
		body, _ := json.Marshal(map[string]any{"rid": "r", "iss": "i", "exp": 1, "url": url, "config": []string{"link", "url"}})
		r := a.do("POST", "/api/v1/token", string(body), as(a.writer)).is(200)
		if got := r.json["url_link"]; got != want+r.json["link"].(string) {
			t.Errorf("%s becomes %v", url, got)
		}
		if r.json["url"] != url {
			t.Errorf("%s is kept as %v", url, r.json["url"])
		}
	}
}

func TestALimitIsAnyPositiveIntegerAndNoneOtherwise(t *testing.T) {
	t.Parallel()
	a := newAPI(t)
	for cnt, want := range map[string]int64{
		`"cnt":null,`: -1, `"cnt":-1,`: -1, `"cnt":-7,`: -1, ``: -1, `"cnt":1,`: 1, `"cnt":9007199254740992,`: 1 << 53,
	} {
		r := a.do("POST", "/api/v1/token", `{`+cnt+`"config":["cnt"],`+simple[1:], as(a.writer)).is(200)
		if got := r.number("cnt"); got != want {
			t.Errorf("%s is %d, want %d", cnt, got, want)
		}
	}
}

func TestCreateNamesTheFieldThatIsWrong(t *testing.T) {
	t.Parallel()
	long := strings.Repeat("x", 257)
	wrong := map[string][]string{
		"rid": {`""`, `null`, `5`, `["x"]`, `{}`, `true`, `"` + long + `"`, `"a\u0000b"`, `"a\nb"`, `"a\u007fb"`, `"a\u0085b"`, `"a\u009b31mb"`, `"` + strings.Repeat("é", 129) + `"`},
		"iss": {`""`, `null`, `5`, `"` + long + `"`, `"\r\n"`, `"\u001b[31m"`},
		"exp": {`0`, `-1`, `52560001`, `1.0`, `1e3`, `1.5`, `"60"`, `null`, `true`, `[1]`, `99999999999999999999`, `-0`},
		"cnt": {`0`, `-0`, `1.0`, `1e2`, `"3"`, `true`, `[]`, `9007199254740993`, `99999999999999999999`},
		"url": {
			`""`, `null`, `7`, `"clever.com/mytag"`, `"/mytag"`, `"//clever.com/x"`, `"ftp://clever.com/"`, `"javascript:alert(1)"`, `"http:clever.com"`,
			`"http://"`, `"http:///x"`, `"http://:80/"`, `"http://user@h/"`, `"http://u:p@h/"`, `"http://@h/"`, `"http://h/?"`, `"http://h/?q=1"`, `"http://h/#"`, `"http://h/#f"`,
			`"http://h\\x/"`, `"http://h/\\x"`, `"http://h/ x"`, `" http://h/"`, `"http://h/\u0000"`, `"http://h/\n"`, `"http://h/\u007f"`, `"http://h/\u0085"`, `"http://h/\u00a0"`, `"http://h/\u2028"`,
			`"http://h/%zz"`, `"http://h%2f/"`, `"http://h:99999/"`, `"http://h:0/"`, `"http://h:/"`, `"http://h:x/"`, `"http://[::1/"`, `"http://h/\"><script>"`, `"http://h/` + strings.Repeat("x", 2048) + `"`,
		},
		"config": {`null`, `"link"`, `{}`, `5`, `["links"]`, `["link",5]`, `["link",null]`, `[["link"]]`, `["LINK"]`, `["state"]`, `["url_link"]`},
	}
	right := map[string]string{"rid": `"r"`, "iss": `"i"`, "exp": `1`, "cnt": `1`, "url": `"http://h/"`, "config": `[]`}
	a := newAPI(t)
	before := a.count()
	for field, values := range wrong {
		for _, value := range values {
			body := "{"
			for name, good := range right {
				if name == field {
					good = value
				}
				body += fmt.Sprintf("%q:%s,", name, good)
			}
			r := a.do("POST", "/api/v1/token", strings.TrimSuffix(body, ",")+"}", as(a.writer))
			if r.status != 422 {
				t.Errorf("%s: %.60s is %d: %s", field, value, r.status, r.text)
				continue
			}
			r.names(field)
		}
	}
	for _, field := range []string{"rid", "iss", "exp", "url"} {
		rest := maps.Clone(right)
		delete(rest, field)
		body := "{"
		for name, good := range rest {
			body += fmt.Sprintf("%q:%s,", name, good)
		}
		a.do("POST", "/api/v1/token", strings.TrimSuffix(body, ",")+"}", as(a.writer)).is(422).names(field)
	}
	if got := a.count(); got != before {
		t.Errorf("%d records were kept", got-before)
	}
}

// count is the number of records in the store.
func (a *api) count() int64 {
	a.t.Helper()
	page, err := a.store.List(a.t.Context(), store.Query{WithAdmins: true})
	if err != nil {
		a.t.Fatal(err)
	}
	return page.Total
}

func TestTheBoundsOfCreateAreWithin(t *testing.T) {
	t.Parallel()
	a := newAPI(t)
	base := "http://h/"
	body, _ := json.Marshal(map[string]any{
		"rid": strings.Repeat("é", 128), "iss": strings.Repeat("x", 256), "exp": 52_560_000,
		"url": base + strings.Repeat("x", 2048-len(base)), "config": []string{"expires"},
	})
	r := a.do("POST", "/api/v1/token", string(body), as(a.writer)).is(200)
	if got := r.json["expires"]; got != "2126-10-29T12:00:30.123456Z" {
		t.Errorf("a hundred years end %v", got)
	}
}
