package admin_test

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/linkgate/linkgate/store"
)

func TestChangeAnswersWithTheChangedItem(t *testing.T) {
	t.Parallel()
	a := newAPI(t)
	link := a.create(`{"cnt":5,` + simple[1:])
	a.do("GET", "/api/v1/token/validate/"+link+"?t=link", "", as(a.reader)).is(200)
	a.wait(10 * time.Minute)
	r := a.do("PATCH", "/api/v1/token/"+link, `{"exp":60,"cnt":9,"state":"disabled","url":"https://new.example/x"}`, as(a.writer)).is(200)
	if keysOf(r.json) != itemMembers {
		t.Errorf("members %s", keysOf(r.json))
	}
	for name, want := range map[string]any{
		"minutes": json.Number("60"), "expires": "2026-11-22T13:10:30.123456Z", "created": "2026-11-22T12:00:30.123456Z",
		"cnt": json.Number("9"), "state": "disabled", "url": "https://new.example/x",
		"counter": json.Number("1"), "link": link, "rid": "cust1234", "iss": "cpg_sale50_off",
	} {
		if r.json[name] != want {
			t.Errorf("%s is %v, want %v", name, r.json[name], want)
		}
	}
	claims, err := a.keys.Verify(r.json["token"].(string))
	if err != nil || !claims.Expires.Equal(time.Date(2026, 11, 22, 13, 10, 30, 0, time.UTC)) {
		t.Errorf("the JWT says %+v, %v", claims, err)
	}
	kept := a.record(link)
	if !kept.Token.Modified.Equal(a.clock().Truncate(time.Microsecond)) || kept.Counter != 1 {
		t.Errorf("kept %+v", kept)
	}
	again := a.do("GET", "/api/v1/token/"+link+"?t=link", "", as(a.reader)).is(200).items()[0]
	if fmt.Sprint(again) != fmt.Sprint(r.json) {
		t.Errorf("the item is %v, then %v", r.json, again)
	}
}

func TestChangeLeavesWhatItDoesNotName(t *testing.T) {
	t.Parallel()
	a := newAPI(t)
	link := a.create(`{"cnt":5,` + simple[1:])
	before := a.record(link)
	a.wait(time.Minute)
	for _, body := range []string{"{}", " {\n} "} {
		a.do("PATCH", "/api/v1/token/"+link, body, as(a.both)).is(200)
		if got := a.record(link); fmt.Sprint(got) != fmt.Sprint(before) {
			t.Errorf("an empty change leaves %+v", got)
		}
	}
	a.do("PATCH", "/api/v1/token/"+link, `{"state":"enabled"}`, as(a.both)).is(200)
	after := a.record(link)
	if !after.Token.Modified.After(before.Token.Modified) {
		t.Error("modified was not set")
	}
	after.Token.Modified = before.Token.Modified
	if fmt.Sprint(after) != fmt.Sprint(before) {
		t.Errorf("%+v became %+v", before, after)
	}
}

func TestChangeOfTheLimitCountsTheUsesThatWere(t *testing.T) {
	t.Parallel()
	a := newAPI(t)
	validate := func(link string) int {
		return a.do("GET", "/api/v1/token/validate/"+link+"?t=link", "", as(a.reader)).status
	}
	for cnt, want := range map[string]int{"null": 200, "-1": 200, "-99": 200, "1": 410, "3": 410, "4": 200, "9007199254740992": 200} {
		token := a.keep(store.Token{Limit: 3, Expires: a.clock().Add(time.Hour)}, 3)
		if got := validate(token.Link); got != 410 {
			t.Fatalf("spent token is %d", got)
		}
		a.do("PATCH", "/api/v1/token/"+token.Link, `{"cnt":`+cnt+`}`, as(a.writer)).is(200)
		if got := validate(token.Link); got != want {
			t.Errorf("cnt %s: validate is %d, want %d", cnt, got, want)
		}
	}
}

func TestChangeNamesTheFieldThatIsWrongAndChangesNothing(t *testing.T) {
	t.Parallel()
	a := newAPI(t)
	link := a.create(simple)
	before := a.record(link)
	for body, field := range map[string]string{
		`{"exp":0}`: "exp", `{"exp":null}`: "exp", `{"exp":52560001}`: "exp", `{"exp":1.0}`: "exp", `{"exp":"5"}`: "exp",
		`{"cnt":0}`: "cnt", `{"cnt":"1"}`: "cnt", `{"cnt":1.5}`: "cnt", `{"cnt":9007199254740993}`: "cnt",
		`{"state":"Enabled"}`: "state", `{"state":"on"}`: "state", `{"state":null}`: "state", `{"state":1}`: "state", `{"state":""}`: "state",
		`{"url":"x"}`: "url", `{"url":null}`: "url", `{"url":"http://h/?q"}`: "url", `{"url":""}`: "url",
		`{"data":null}`: "data", `{"data":[]}`: "data", `{"data":"x"}`: "data", `{"data":5}`: "data",
		`{"data":{"id":"x"}}`: "data.id", `{"data":{"calls":1}}`: "data.calls", `{"data":{"scopes":["admin"]}}`: "data.scopes",
		`{"data":{"hashed_access_token":"x"}}`: "data.hashed_access_token", `{"data":{"\u0069d":"x"}}`: "data.id", `{"data":{"data":{}}}`: "data.data",
		`{"data":{"a":1,"a":2}}`: "a", `{"data":{"a":{"b":1,"b":2}}}`: "b",
		`{"rid":"x"}`: "rid", `{"iss":"x"}`: "iss", `{"counter":5}`: "counter", `{"link":"x"}`: "link", `{"scopes":["admin"]}`: "scopes",
		`{"config":[]}`: "config", `{"hashed_access_token":"x"}`: "hashed_access_token", `{"State":"disabled"}`: "State",
		`{"state":"disabled","cnt":0}`: "cnt",
	} {
		a.do("PATCH", "/api/v1/token/"+link, body, as(a.root)).is(422).names(field)
	}
	if got := a.record(link); fmt.Sprint(got) != fmt.Sprint(before) {
		t.Errorf("the record became %+v", got)
	}
}

func TestChangeOfWhatIsNotThereIs404(t *testing.T) {
	t.Parallel()
	a := newAPI(t)
	for _, id := range []string{"x", store.NewLink(), "48851F26B437494FB4661DCDB2C8D004"} {
		for _, body := range []string{"{}", `{"state":"disabled"}`} {
			a.do("PATCH", "/api/v1/token/"+id, body, as(a.both)).is(404)
		}
		a.do("PATCH", "/api/v1/token/"+id, `{"cnt":0}`, as(a.both)).is(422)
	}
}

func TestOwnDataIsMergedAtTheTopAndKeptVerbatim(t *testing.T) {
	t.Parallel()
	a := newAPI(t)
	link := a.create(simple)
	steps := []struct{ data, want string }{
		{`{}`, ``},
		{`{"b":1.0,"a":[1, 2],"n":12345678901234567890.10}`, `{"b":1.0,"a":[1, 2],"n":12345678901234567890.10}`},
		{`{"a":{"x":1},"c":null}`, `{"b":1.0,"a":{"x":1},"n":12345678901234567890.10,"c":null}`},
		{`{"a":{"y":"<&>\u2028 \/é"}}`, `{"b":1.0,"a":{"y":"<&>\u2028 \/é"},"n":12345678901234567890.10,"c":null}`},
		{`{"Id":"not reserved","<name>":1e400,"":-0}`, `{"b":1.0,"a":{"y":"<&>\u2028 \/é"},"n":12345678901234567890.10,"c":null,"Id":"not reserved","<name>":1e400,"":-0}`},
		{`{}`, `{"b":1.0,"a":{"y":"<&>\u2028 \/é"},"n":12345678901234567890.10,"c":null,"Id":"not reserved","<name>":1e400,"":-0}`},
	}
	for i, s := range steps {
		a.do("PATCH", "/api/v1/token/"+link, `{"data":`+s.data+`}`, as(a.both)).is(200)
		if got := string(a.record(link).Token.Data); got != s.want {
			t.Errorf("step %d leaves\n%s, want\n%s", i, got, s.want)
		}
	}
}

func TestOwnDataCannotGrowWithoutEnd(t *testing.T) {
	t.Parallel()
	a := newAPI(t)
	link := a.create(simple)
	big := strings.Repeat("x", 40_000)
	a.do("PATCH", "/api/v1/token/"+link, `{"data":{"a":"`+big+`"}}`, as(a.both)).is(200)
	a.do("PATCH", "/api/v1/token/"+link, `{"data":{"b":"`+big+`"}}`, as(a.both)).is(422).names("data")
	a.do("PATCH", "/api/v1/token/"+link, `{"data":{"a":"`+big+`y"}}`, as(a.both)).is(200)
}

func TestTwoChangesNeverBearTheSameTime(t *testing.T) {
	t.Parallel()
	a := newAPI(t)
	link := a.create(simple)
	last := a.record(link).Token.Modified
	for _, step := range []time.Duration{0, 0, -time.Hour, time.Second} {
		a.wait(step)
		a.do("PATCH", "/api/v1/token/"+link, `{"state":"disabled"}`, as(a.both)).is(200)
		modified := a.record(link).Token.Modified
		if !modified.After(last) {
			t.Errorf("after %v: modified %v, before %v", step, modified, last)
		}
		last = modified
	}
}
