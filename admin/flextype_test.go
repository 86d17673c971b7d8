package admin_test

import (
	"encoding/json"
	"strings"
	"testing"
	"time"

	"github.com/linkgate/linkgate/admin"
	"github.com/linkgate/linkgate/store"
)

const flex = "/api/v1/tokens"

// inBody puts a credential into a body the way Flextype has it.
func inBody(credential, rest string) string {
	id, secret, _ := strings.Cut(credential, ".")
	return `{"token":"` + id + `","access_token":"` + secret + `"` + rest + `}`
}

// flexCreate makes a record over the Flextype API and returns its credential.
func (a *api) flexCreate(credential, data string) string {
	a.t.Helper()
	r := a.do("POST", flex, inBody(credential, `,"data":`+data)).is(200)
	if keysOf(r.json) != "access_token token" {
		a.t.Fatalf("created %s", r.text)
	}
	return r.json["token"].(string) + "." + r.json["access_token"].(string)
}

// flexEntry fetches a record.
func (a *api) flexEntry(credential, id string) reply {
	a.t.Helper()
	return a.do("GET", flex+"?id="+id, "", as(credential)).is(200)
}

// flexList fetches a list.
func (a *api) flexList(credential, query string) (ids []string) {
	a.t.Helper()
	r := a.do("GET", flex+"?"+query, "", as(credential)).is(200)
	var list []map[string]any
	if err := json.Unmarshal([]byte(r.text), &list); err != nil {
		a.t.Fatalf("%v in %s", err, r.text)
	}
	for _, entry := range list {
		ids = append(ids, entry["id"].(string))
	}
	return ids
}

func TestARecordIsMadeAndShownAsFlextypeHasIt(t *testing.T) {
	t.Parallel()
	a := newAPI(t)
	made := a.flexCreate(a.both, `{"title":"Größe & <b>","n":9007199254740993,"limit_calls":3,"calls":1,"state":"disabled","nested":{"z":1.0,"a":[]},"none":null}`)
	r := a.flexEntry(a.both, idOf(made))
	at := itoa(int(a.clock().Unix()))
	want := `{"id":"` + idOf(made) + `","uuid":"` + a.record(idOf(made)).Token.UUID + `","created_at":` + at + `,"created_by":"uuid-of-write","modified_at":` + at +
		`,"calls":1,"limit_calls":3,"state":"disabled","scopes":["read","write"],"title":"Größe & <b>","n":9007199254740993,"nested":{"z":1.0,"a":[]},"none":null}`
	if strings.TrimSpace(r.text) != want || r.header.Get("Content-Type") != "application/json" {
		t.Errorf("got  %s\nwant %s", r.text, want)
	}
	full := a.flexCreate(a.both, `{"rid":"r","url":"http://h/x","iss":"camp","exp":90,"scopes":["read"]}`)
	r = a.flexEntry(a.both, idOf(full))
	if r.json["rid"] != "r" || r.json["url"] != "http://h/x" || r.json["iss"] != "camp" || r.number("expires_at") != a.clock().Add(90*time.Minute).Unix() {
		t.Errorf("entry %s", r.text)
	}
}

func TestACreateWithoutDataHasTheDefaults(t *testing.T) {
	t.Parallel()
	a := newAPI(t)
	for name, body := range map[string]string{
		"no data": inBody(a.both, ""), "empty data": inBody(a.both, `,"data":{}`),
		"nulls, which are nothing to Flextype": inBody(a.both, `,"data":{"state":null,"limit_calls":null,"calls":null,"scopes":null,"exp":null}`),
		"other members":                        inBody(a.both, `,"extra":1`),
	} {
		made := a.do("POST", flex, body).is(200)
		r := a.flexEntry(a.both, made.json["token"].(string))
		if r.number("calls") != 0 || r.number("limit_calls") != 0 || r.json["state"] != "enabled" || r.json["expires_at"] != nil {
			t.Errorf("%s: %s", name, r.text)
		}
	}
	a.do("POST", flex, "", as(a.both)).is(200) // a header is enough
}

func TestAChangeReplacesWhatHasTheSameName(t *testing.T) {
	t.Parallel()
	a := newAPI(t)
	made := a.flexCreate(a.both, `{"keep":1,"nested":{"a":1,"b":2},"state":"disabled"}`)
	a.wait(time.Hour)
	r := a.do("PATCH", flex, inBody(a.both, `,"id":"`+idOf(made)+`","data":{"nested":{"c":3},"none":null,"state":"enabled","limit_calls":7,"rid":"r","url":"http://h/","iss":"i","exp":2}`+``)).is(200)
	for name, want := range map[string]string{
		"keep": "1", "nested": `{"c":3}`, "none": "null", "state": `"enabled"`, "limit_calls": "7", "calls": "0", "rid": `"r"`, "iss": `"i"`,
		"modified_at": itoa(int(a.clock().Unix())), "created_at": itoa(int(a.clock().Unix()) - 3600), "expires_at": itoa(int(a.clock().Unix()) + 120),
	} {
		got, err := json.Marshal(r.json[name])
		if err != nil || string(got) != want {
			t.Errorf("%s is %s, want %s", name, got, want)
		}
	}
	if _, ok := r.json["none"]; !ok {
		t.Error("null is not kept")
	}
	same := a.do("PATCH", flex, inBody(a.both, `,"id":"`+idOf(made)+`","data":{}`)).is(200)
	if same.text != r.text {
		t.Errorf("a change of nothing makes %s", same.text)
	}
}

func TestADeleteIs204AndThen404(t *testing.T) {
	t.Parallel()
	a := newAPI(t)
	made := a.flexCreate(a.both, `{}`)
	body := inBody(a.both, `,"id":"`+idOf(made)+`"`)
	if r := a.do("DELETE", flex, body).is(204); r.text != "" {
		t.Errorf("a body: %s", r.text)
	}
	a.do("DELETE", flex, body).is(404)
	a.do("GET", flex+"?id="+idOf(made), "", as(a.both)).is(404)
	a.do("PATCH", flex, inBody(a.both, `,"id":"`+idOf(made)+`","data":{}`)).is(404)
	// The credential in use may go as well, as in Flextype.
	own := a.flexCreate(a.both, `{}`)
	a.do("DELETE", flex, inBody(own, `,"id":"`+idOf(own)+`"`)).is(204)
	a.do("DELETE", flex, inBody(own, `,"id":"`+idOf(own)+`"`)).is(401)
}

func TestAListHoldsWhatTheCallerMaySee(t *testing.T) {
	t.Parallel()
	a := newAPI(t)
	a.wait(time.Second)
	first := idOf(a.flexCreate(a.both, `{"n":1}`))
	a.wait(time.Second)
	second := a.create(simple)
	all := a.flexList(a.both, "")
	if n := len(all); n != 5 || all[n-2] != first || all[n-1] != second {
		t.Errorf("without options: %v", all)
	}
	if got := len(a.flexList(a.root, "options[collection]=true&id=ignored")); got != 6 {
		t.Errorf("an admin sees %d records", got)
	}
	a.do("GET", flex+"?id="+idOf(a.root), "", as(a.both)).is(404)
	a.do("GET", flex+"?id="+idOf(a.root), "", as(a.root)).is(200)
	for _, query := range []string{"options=abc", "options[collection][]=1", "options[filter]=abc"} {
		a.do("GET", flex+"?"+query, "", as(a.both)).is(400).says("options")
	}
	a.do("GET", flex+"?id[]=x", "", as(a.both)).is(422).names("id")
	a.do("GET", flex+"?id=x&id="+first, "", as(a.both)).is(422).names("id")
	a.do("GET", flex+"?id="+first+"&options[collection]=off", "", as(a.both)).is(200)
}

func TestAListOfManyPagesIsWhole(t *testing.T) {
	t.Parallel()
	a := newAPI(t)
	const many = 450
	for range many {
		a.keep(store.Token{}, 0)
	}
	seen := map[string]bool{}
	for _, id := range a.flexList(a.both, "") {
		seen[id] = true
	}
	if len(seen) != many+3 {
		t.Errorf("%d records", len(seen))
	}
}

func TestSecretsAndHashesAreMade(t *testing.T) {
	t.Parallel()
	a := newAPI(t)
	r := a.do("POST", flex+"/generate", inBody(a.both, "")).is(200)
	token, _ := r.json["token"].(string)
	if keysOf(r.json) != "token" || !store.ValidLink(token) {
		t.Errorf("generated %s", r.text)
	}
	if _, err := a.store.Get(t.Context(), token); err == nil {
		t.Error("what was generated is stored")
	}
	for _, text := range []string{"4e30ae8f70d13122cfcce002acf60d10", "", "é€", strings.Repeat("x", 72)} {
		hash := a.do("POST", flex+"/generate-hash", inBody(a.both, `,"string":"`+text+`"`)).is(200)
		made, _ := hash.json["hashed_token"].(string)
		if keysOf(hash.json) != "hashed_token" || !strings.HasPrefix(made, "$2y$04$") || len(made) != 60 {
			t.Fatalf("hashed as %s", hash.text)
		}
		for _, path := range []string{"/verify-hash", "/validate-hash"} {
			for string, want := range map[string]bool{text: true, text + "!": text == strings.Repeat("x", 72), "other": false} {
				r := a.do("POST", flex+path, inBody(a.both, `,"string":"`+string+`","hash":"`+made+`"`)).is(200)
				if keysOf(r.json) != "verified" || r.json["verified"] != want {
					t.Errorf("%s of %q: %s", path, string, r.text)
				}
			}
		}
	}
	a.handler = admin.New(a.options) // whose hashes are not cheap
	r = a.do("POST", flex+"/generate-hash", inBody(a.both, `,"string":"x"`)).is(200)
	if made, _ := r.json["hashed_token"].(string); !strings.HasPrefix(made, "$2y$10$") || len(made) != 60 {
		t.Errorf("hashed as %s", r.text)
	}
	a.do("POST", flex+"/generate-hash", inBody(a.both, `,"string":"`+strings.Repeat("x", 73)+`"`)).is(422).names("string")
	a.do("POST", flex+"/generate-hash", inBody(a.both, `,"string":"a\u0000b"`)).is(422).names("string")
	a.do("POST", flex+"/generate-hash", inBody(a.both, "")).is(422).names("string")
	a.do("POST", flex+"/verify-hash", inBody(a.both, `,"string":"x"`)).is(422).names("hash")
}
