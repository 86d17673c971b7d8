package admin_test

import (
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/linkgate/linkgate/store"
)

func TestValidateChargesAUseAndSaysWhatIsLeft(t *testing.T) {
	t.Parallel()
	a := newAPI(t)
	link := a.create(`{"cnt":2,` + simple[1:])
	for i := int64(1); i <= 2; i++ {
		r := a.do("GET", "/api/v1/token/validate/"+link+"?t=link", "", as(a.reader)).is(200)
		if keysOf(r.json) != "counter detail remaining_cnt remaining_minutes" || r.json["detail"] != "validated" {
			t.Errorf("answer %s", r.text)
		}
		if r.number("counter") != i || r.number("remaining_cnt") != 2-i || r.number("remaining_minutes") != 1440 {
			t.Errorf("use %d: %s", i, r.text)
		}
		if got := a.record(link).Counter; got != i {
			t.Errorf("counter %d after use %d", got, i)
		}
	}
	r := a.do("GET", "/api/v1/token/validate/"+link+"?t=link", "", as(a.reader)).is(410).says("exhausted")
	if r.json["reason"] != "exhausted" || a.record(link).Counter != 2 {
		t.Errorf("the third use: %s", r.text)
	}
}

func TestValidateTakesTheJWTOfATokenForTheTokenItself(t *testing.T) {
	t.Parallel()
	a := newAPI(t)
	r := a.do("POST", "/api/v1/token", `{"cnt":2,`+simple[1:], as(a.both)).is(200)
	link, token := r.json["link"].(string), r.json["token"].(string)
	a.do("GET", "/api/v1/token/validate/"+link+"?t=link", "", as(a.reader)).is(200)
	second := a.do("GET", "/api/v1/token/validate/"+token+"?t=jwt", "", as(a.reader)).is(200)
	if second.number("counter") != 2 || second.number("remaining_cnt") != 0 {
		t.Errorf("second use: %s", second.text)
	}
	a.do("GET", "/api/v1/token/validate/"+token+"?t=jwt", "", as(a.reader)).is(410).says("exhausted")
}

func TestValidateRoundsMinutesUp(t *testing.T) {
	t.Parallel()
	a := newAPI(t)
	now := a.clock()
	for life, want := range map[time.Duration]int64{
		time.Microsecond: 1, time.Minute: 1, time.Minute + time.Microsecond: 2, 2 * time.Minute: 2, 90 * time.Second: 2,
	} {
		token := a.keep(store.Token{Expires: now.Add(life)}, 0)
		r := a.do("GET", "/api/v1/token/validate/"+token.Link+"?t=link", "", as(a.reader)).is(200)
		if got := r.number("remaining_minutes"); got != want {
			t.Errorf("%v is %d minutes, want %d", life, got, want)
		}
	}
	endless := a.keep(store.Token{}, 41)
	r := a.do("GET", "/api/v1/token/validate/"+endless.Link+"?t=link", "", as(a.reader)).is(200)
	if r.number("remaining_minutes") != -1 || r.number("remaining_cnt") != -1 || r.number("counter") != 42 {
		t.Errorf("without end and limit: %s", r.text)
	}
}

func TestTheEarlierEndOfJWTAndRecordHolds(t *testing.T) {
	t.Parallel()
	a := newAPI(t)
	now := a.clock()
	token := a.keep(store.Token{RID: "r", Expires: now.Add(time.Hour)}, 0)
	for life, want := range map[time.Duration]int64{2 * time.Hour: 60, 10 * time.Minute: 10} {
		signed, err := a.keys.Sign(store.Claims{Link: token.Link, RID: "r", Expires: now.Add(life)})
		if err != nil {
			t.Fatal(err)
		}
		r := a.do("GET", "/api/v1/token/validate/"+signed+"?t=jwt", "", as(a.reader)).is(200)
		if got := r.number("remaining_minutes"); got != want {
			t.Errorf("JWT of %v: %d minutes left, want %d", life, got, want)
		}
	}
}

func TestValidateRefusesInTheWordsOfTheGateAndChargesNothing(t *testing.T) {
	t.Parallel()
	a := newAPI(t)
	now := a.clock()
	spent := store.Token{Limit: 3, Expires: now, State: store.Disabled}
	cases := []struct {
		name    string
		token   store.Token
		counter int64
		status  int
		reason  string
	}{
		{"disabled wins over expired and exhausted", spent, 3, 403, "disabled"},
		{"expired wins over exhausted", store.Token{Limit: 3, Expires: now}, 3, 410, "expired"},
		{"exhausted", store.Token{Limit: 3}, 3, 410, "exhausted"},
		{"over its limit since it was lowered", store.Token{Limit: 3}, 9, 410, "exhausted"},
		{"an admin's record opens nothing", store.Token{Scopes: []store.Scope{store.ScopeAdmin}}, 0, 404, "unknown"},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			token := a.keep(c.token, c.counter)
			r := a.do("GET", "/api/v1/token/validate/"+token.Link+"?t=link", "", as(a.root)).is(c.status).says(c.reason)
			if r.json["reason"] != c.reason || a.record(token.Link).Counter != c.counter {
				t.Errorf("answer %s", r.text)
			}
		})
	}
	for _, target := range []string{"x?t=link", store.NewLink() + "?t=link", "x?t=jwt", "a.b.c?t=jwt"} {
		a.do("GET", "/api/v1/token/validate/"+target, "", as(a.reader)).is(404)
	}
}

func TestHeadDoesNotValidate(t *testing.T) {
	t.Parallel()
	a := newAPI(t)
	link := a.create(simple)
	a.do("HEAD", "/api/v1/token/validate/"+link+"?t=link", "", as(a.reader)).is(405)
	if got := a.record(link).Counter; got != 0 {
		t.Errorf("counter %d", got)
	}
}

func TestAStoreThatIsAwayValidatesNothing(t *testing.T) {
	t.Parallel()
	a := newAPI(t)
	link := a.create(simple)
	a.do("GET", "/api/v1/token/validate/"+link+"?t=link", "", as(a.reader)).is(200)
	if err := a.store.Close(); err != nil {
		t.Fatal(err)
	}
	r := a.do("GET", "/api/v1/token/validate/"+link+"?t=link", "", as(a.reader)).is(503)
	if r.header.Get("Retry-After") == "" {
		t.Error("no Retry-After")
	}
	health := a.do("GET", "/api/v1/health", "")
	if health.status != 503 || health.json["status"] != "degraded" || health.json["reason"] == "" || health.header.Get("Retry-After") == "" {
		t.Errorf("health %d %s", health.status, health.text)
	}
}

func TestHealthNeedsNoCredential(t *testing.T) {
	t.Parallel()
	r := newAPI(t).do("GET", "/api/v1/health", "").is(200)
	if r.text != `{"status":"ok"}`+"\n" {
		t.Errorf("health %s", r.text)
	}
}

func TestValidateNeverAdmitsMoreThanTheLimit(t *testing.T) {
	t.Parallel()
	a := newAPI(t)
	const limit, callers = 20, 200
	link := a.create(`{"cnt":20,` + simple[1:])
	var admitted, refused atomic.Int64
	var wg sync.WaitGroup
	for range callers {
		wg.Go(func() {
			switch a.do("GET", "/api/v1/token/validate/"+link+"?t=link", "", as(a.reader)).status {
			case 200:
				admitted.Add(1)
			case 410:
				refused.Add(1)
			}
		})
	}
	wg.Wait()
	if admitted.Load() != limit || refused.Load() != callers-limit || a.record(link).Counter != limit {
		t.Errorf("%d admitted, %d refused, counter %d", admitted.Load(), refused.Load(), a.record(link).Counter)
	}
}
