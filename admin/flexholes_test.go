package admin_test

import (
	"net/url"
	"strings"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/linkgate/linkgate/store"
)

// The tests of this file are named after what is wrong with the API that this
// one continues. See the notes on it, section 4.

// everyCall is one body per operation that takes one, with a credential of any
// form in front: the members token and access_token, without the last brace.
func everyCall(id string) map[string]string {
	data := `,"id":"` + id + `","data":{"hacked":1},"string":"x","hash":"y"}`
	return map[string]string{
		"POST " + flex: data, "PATCH " + flex: data, "DELETE " + flex: data, "POST " + flex + "/generate": data,
		"POST " + flex + "/generate-hash": data, "POST " + flex + "/verify-hash": data, "POST " + flex + "/validate-hash": data,
	}
}

// everything writes all that is kept.
func (a *api) everything() string {
	a.t.Helper()
	page, err := a.store.List(a.t.Context(), store.Query{WithAdmins: true})
	if err != nil {
		a.t.Fatal(err)
	}
	var all strings.Builder
	for _, r := range page.Records {
		all.WriteString(a.shown(r.Token.Link))
	}
	return all.String()
}

func TestHoleAccessTokenNull(t *testing.T) {
	t.Parallel()
	a := newAPI(t)
	victim := a.create(simple)
	before, id := a.everything(), idOf(a.both)
	for _, secret := range []string{
		`,"access_token":null`, "", `,"access_token":""`, `,"access_token":false`, `,"access_token":5`, `,"access_token":[]`,
		`,"access_token":{}`, `,"access_token":["` + testSecret + `"]`, `,"access_token":"null"`,
	} {
		for call, rest := range everyCall(victim) {
			method, path, _ := strings.Cut(call, " ")
			a.do(method, path, `{"token":"`+id+`"`+secret+rest, from("198.51.100."+itoa(len(path)+len(secret))+":1")).is(401)
		}
	}
	for _, query := range []string{"", "&access_token", "&access_token=", "&access_token[]=" + testSecret, "&access_token=null"} {
		a.do("GET", flex+"?id="+victim+"&token="+id+query, "", from("203.0.113."+itoa(len(query))+":1")).is(401)
	}
	if a.everything() != before {
		t.Error("something was changed or counted")
	}
}

func TestHoleIdsAsPaths(t *testing.T) {
	t.Parallel()
	a := newAPI(t)
	victim := a.create(simple)
	before := a.record(victim)
	ids := []string{
		"", ".", "..", "/", "../blog", "../tokens", "tokens/" + victim, "./" + victim, victim + "/", victim + "/.", "/" + victim,
		victim + "\x00", strings.ToUpper(victim), " " + victim, victim + "\n", "*", victim[:31], victim + "0", "%2e%2e",
	}
	for _, id := range ids {
		a.do("GET", flex+"?id="+url.QueryEscape(id), "", as(a.both)).is(404)
		quoted := `,"id":` + jsonText(id)
		a.do("PATCH", flex, inBody(a.both, quoted+`,"data":{"x":1}`)).is(404)
		a.do("DELETE", flex, inBody(a.both, quoted)).is(404)
	}
	if after := a.record(victim); after.Token.Modified != before.Token.Modified || after.Token.Data != nil {
		t.Errorf("the record is %+v", after)
	}
}

func TestHoleWipingDelete(t *testing.T) {
	t.Parallel()
	a := newAPI(t)
	for range 3 {
		a.create(simple)
	}
	id, secret, _ := strings.Cut(a.both, ".")
	inQuery := flex + "?token=" + id + "&access_token=" + secret
	for name, r := range map[string]reply{
		"an empty id": a.do("DELETE", flex, inBody(a.both, `,"id":""`)).is(404), "no id": a.do("DELETE", flex, inBody(a.both, "")).is(422),
		"null": a.do("DELETE", flex, inBody(a.both, `,"id":null`)).is(422), "a list": a.do("DELETE", flex, inBody(a.both, `,"id":[]`)).is(422),
		"a body that is no JSON and a credential in the query": a.do("DELETE", inQuery, `{"id":"x",}`).is(400),
		"no body and a credential in the query":                a.do("DELETE", inQuery, "").is(401),
		"an id in the query":                                   a.do("DELETE", flex+"?id="+id, inBody(a.both, "")).is(422),
		"a body that is no JSON and a credential in a header":  a.do("DELETE", flex, "{", as(a.both)).is(400),
		"an empty body and a credential in a header":           a.do("DELETE", flex, "", as(a.both)).is(422),
		"a collection":                   a.do("DELETE", flex, inBody(a.both, `,"id":"","options":{"collection":true}`)).is(404),
		"an id that a form leaves empty": a.do("DELETE", flex, "id=&token="+id+"&access_token="+secret, with("Content-Type", "application/x-www-form-urlencoded")).is(404),
		"the wildcard of a shell":        a.do("DELETE", flex, inBody(a.both, `,"id":"*"`)).is(404),
	} {
		if page, err := a.store.List(t.Context(), store.Query{WithAdmins: true}); err != nil || page.Total != 7 {
			t.Fatalf("after %s (%d): %d records, %v", name, r.status, page.Total, err)
		}
	}
}

func TestHoleLimitRace(t *testing.T) {
	t.Parallel()
	a := newAPI(t)
	limited := a.flexCreate(a.both, `{"limit_calls":5}`)
	a.do("GET", anywhere, "", as(limited)).is(200) // the other API does not count
	var accepted, spent atomic.Int64
	var wg sync.WaitGroup
	for range 24 {
		wg.Go(func() {
			switch r := a.do("POST", flex+"/generate", inBody(limited, "")); r.status {
			case 200:
				accepted.Add(1)
			case 429:
				spent.Add(1)
			default:
				t.Errorf("%d: %s", r.status, r.text)
			}
		})
	}
	wg.Wait()
	if calls := a.record(idOf(limited)).Counter; accepted.Load() != 5 || spent.Load() != 19 || calls != 5 {
		t.Errorf("%d accepted, %d refused, calls %d", accepted.Load(), spent.Load(), calls)
	}
	a.do("GET", anywhere, "", as(limited)).is(429) // and is refused there too
}

func TestHoleHashLeak(t *testing.T) {
	t.Parallel()
	a := newAPI(t)
	made := a.flexCreate(a.both, `{"iss":"camp"}`)
	hash := a.record(idOf(made)).Token.HashedAccessToken
	patch := inBody(a.both, `,"id":"`+idOf(made)+`","data":{"x":1}`)
	for name, r := range map[string]reply{
		"a fetch": a.flexEntry(a.both, idOf(made)), "a list": a.do("GET", flex, "", as(a.both)).is(200),
		"a change": a.do("PATCH", flex, patch).is(200), "the other API": a.do("GET", "/api/v1/token/camp?t=iss", "", as(a.both)).is(200),
		"a create": a.do("POST", flex, inBody(a.both, "")).is(200),
	} {
		if strings.Contains(r.text, "hashed") || strings.Contains(r.text, "$2y$") || strings.Contains(r.text, hash[10:]) {
			t.Errorf("%s shows a hash: %s", name, r.text)
		}
	}
	if r := a.flexEntry(a.root, idOf(made)); r.json["hashed_access_token"] != hash {
		t.Errorf("an admin does not see it: %s", r.text)
	}
	if text := a.do("GET", flex, "", as(a.root)).is(200).text; strings.Count(text, `"hashed_access_token":"$2`) != 6 {
		t.Errorf("an admin's list: %s", text)
	}
}

func TestHoleStoredTextExecuted(t *testing.T) {
	t.Parallel()
	a := newAPI(t)
	const evil = `{"a":"[[ filesystem().file('index.php').get() ]]","b":"(uuid) (raw)","c":"@type[int] 5","d":"{{ 7*7 }} <?php echo 1; ?> ${7}","_hidden":"_","macros":"m","nested.c":1,"__proto__":{"x":1}}`
	made := idOf(a.flexCreate(a.both, evil))
	inner := strings.Trim(evil, "{}")
	for name, r := range map[string]reply{
		"a fetch": a.flexEntry(a.both, made), "a list": a.do("GET", flex, "", as(a.both)).is(200),
		"a change": a.do("PATCH", flex, inBody(a.both, `,"id":"`+made+`","data":{"e":"[[1]]"}`)).is(200),
	} {
		if !strings.Contains(r.text, inner) {
			t.Errorf("%s: %s", name, r.text)
		}
	}
}

func TestHole500ForWrongTypes(t *testing.T) {
	t.Parallel()
	a := newAPI(t)
	target := a.create(simple)
	for _, value := range []string{`5`, `null`, `true`, `[]`, `{}`, `1.5`, `["x"]`, `{"x":{}}`, `""`, `"x"`} {
		text := strings.HasPrefix(value, `"`)
		for call := range everyCall(target) {
			method, path, _ := strings.Cut(call, " ")
			for _, name := range []string{"id", "data", "string", "hash"} {
				if path == flex && method == "POST" && name != "data" {
					continue // it would make a record each time
				}
				r := a.do(method, path, inBody(a.both, `,"`+name+`":`+value))
				if r.status >= 500 || r.status == 400 || r.status == 401 {
					t.Errorf("%s with %s = %s is %d", call, name, value, r.status)
				}
			}
		}
		if !text {
			a.do("POST", flex+"/generate-hash", inBody(a.both, `,"string":`+value)).is(422).names("string")
			a.do("DELETE", flex, inBody(a.both, `,"id":`+value)).is(422).names("id")
		}
		for _, name := range []string{"state", "limit_calls", "calls", "scopes", "exp", "rid", "url", "iss"} {
			if name == "scopes" && value == "[]" || (name == "limit_calls" || name == "calls" || name == "exp") && value == "5" ||
				(name == "rid" || name == "iss") && value == `"x"` || value == "null" {
				continue
			}
			a.do("POST", flex, inBody(a.both, `,"data":{"`+name+`":`+value+`}`)).is(422).names("data." + name)
		}
	}
	for _, data := range []string{`"x"`, `[]`, `5`, `null`, `[{"x":1}]`} {
		a.do("POST", flex, inBody(a.both, `,"data":`+data)).is(422).names("data")
		a.do("PATCH", flex, inBody(a.both, `,"id":"`+target+`","data":`+data)).is(422).names("data")
	}
	for _, body := range []string{`[]`, `"x"`, `5`, `null`} {
		a.do("POST", flex, body, as(a.both)).is(422)
	}
}
