package admin_test

import (
	"testing"
	"time"

	"github.com/linkgate/linkgate/store"
)

func TestExplainSaysWhatAGateWouldDoAndCostsNothing(t *testing.T) {
	t.Parallel()
	a := newAPI(t)
	now := a.clock()
	cases := []struct {
		name    string
		token   store.Token
		counter int64
		want    string
	}{
		{"admitted", store.Token{Limit: 5, Expires: now.Add(90 * time.Second)}, 2, `true,"reason":null,"status":200,"counter":2,"remaining_cnt":3,"remaining_minutes":2`},
		{"admitted without limit or end", store.Token{}, 7, `true,"reason":null,"status":200,"counter":7,"remaining_cnt":-1,"remaining_minutes":-1`},
		{"disabled", store.Token{State: store.Disabled}, 0, `false,"reason":"disabled","status":403,"counter":0,"remaining_cnt":-1,"remaining_minutes":-1`},
		{"expired", store.Token{Limit: 5, Expires: now.Add(-time.Hour)}, 1, `false,"reason":"expired","status":410,"counter":1,"remaining_cnt":4,"remaining_minutes":0`},
		{"exhausted", store.Token{Limit: 5, Expires: now.Add(time.Hour)}, 9, `false,"reason":"exhausted","status":410,"counter":9,"remaining_cnt":0,"remaining_minutes":60`},
		{
			"an admin's record shows nothing",
			store.Token{Scopes: []store.Scope{store.ScopeAdmin}},
			3,
			`false,"reason":"unknown","status":404,"counter":null,"remaining_cnt":null,"remaining_minutes":null`,
		},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			token := a.keep(c.token, c.counter)
			for range 3 {
				r := a.do("GET", "/api/v1/token/explain/"+token.Link+"?t=link", "", as(a.reader)).is(200)
				if want := `{"admitted":` + c.want + "}\n"; r.text != want {
					t.Errorf("answer %s, want %s", r.text, want)
				}
			}
			if got := a.record(token.Link).Counter; got != c.counter {
				t.Errorf("counter %d, want %d", got, c.counter)
			}
		})
	}
}

func TestExplainOfWhatIsNotKnownIsUnknown(t *testing.T) {
	t.Parallel()
	a := newAPI(t)
	token := a.keep(store.Token{RID: "r", Expires: a.clock().Add(time.Hour)}, 5)
	other, err := a.keys.Sign(store.Claims{Link: token.Link, RID: "other", Expires: token.Expires})
	if err != nil {
		t.Fatal(err)
	}
	for _, target := range []string{"x?t=link", store.NewLink() + "?t=link", "x?t=jwt", other + "?t=jwt"} {
		r := a.do("GET", "/api/v1/token/explain/"+target, "", as(a.reader)).is(200)
		if r.json["reason"] != "unknown" || r.json["admitted"] != false || r.number("status") != 404 || r.json["counter"] != nil {
			t.Errorf("%.20s: %s", target, r.text)
		}
	}
}

func TestExplainJudgesAJWTByItsOwnEnd(t *testing.T) {
	t.Parallel()
	a := newAPI(t)
	r := a.do("POST", "/api/v1/token", simple, as(a.both)).is(200)
	explained := a.do("GET", "/api/v1/token/explain/"+r.json["token"].(string)+"?t=jwt", "", as(a.reader)).is(200)
	if explained.json["admitted"] != true || explained.number("remaining_minutes") != 1440 {
		t.Errorf("now: %s", explained.text)
	}
	a.wait(25 * time.Hour)
	explained = a.do("GET", "/api/v1/token/explain/"+r.json["token"].(string)+"?t=jwt", "", as(a.reader)).is(200)
	if explained.json["reason"] != "expired" {
		t.Errorf("later: %s", explained.text)
	}
}
