package admin_test

import (
	"strings"
	"sync"
	"testing"
	"time"
)

func TestAClientMayFailTwentyTimesAMinute(t *testing.T) {
	t.Parallel()
	a := newAPI(t)
	here, elsewhere := from("192.0.2.7:1000"), from("192.0.2.8:1000")
	fail := func(where option) reply { return a.do("GET", anywhere, "", as(idOf(a.writer)+".wrong"), where) }
	a.do("GET", anywhere, "", as(a.reader), here).is(200)
	for range 20 {
		fail(here).is(401)
	}
	r := fail(here).is(429)
	if got := r.header.Get("Retry-After"); got != "60" {
		t.Errorf("Retry-After %q", got)
	}
	fail(from("192.0.2.7:2000")).is(429)
	fail(elsewhere).is(401)
	a.do("GET", anywhere, "", as(a.reader), here).is(200) // seen lately
	a.do("GET", anywhere, "", as(a.both), here).is(429)   // not seen yet
	a.do("GET", anywhere, "", here).is(401)               // nothing to guess by
	a.do("GET", anywhere, "", as("nonsense"), here).is(401)
	a.do("GET", "/api/v1/health", "", here).is(200)
	a.wait(59*time.Second + time.Millisecond)
	if got := fail(here).is(429).header.Get("Retry-After"); got != "1" {
		t.Errorf("Retry-After %q at the end", got)
	}
	a.wait(time.Second)
	fail(here).is(401)
	a.do("GET", anywhere, "", as(a.both), here).is(200)
}

func TestAnIPv6ClientIsItsNetwork(t *testing.T) {
	t.Parallel()
	a := newAPI(t)
	for i := range 20 {
		a.do("GET", anywhere, "", as(idOf(a.writer)+".wrong"), from("[2001:db8:1:2::"+itoa(i)+"]:1")).is(401)
	}
	a.do("GET", anywhere, "", as(idOf(a.writer)+".wrong"), from("[2001:db8:1:2:ffff::1]:1")).is(429)
	a.do("GET", anywhere, "", as(idOf(a.writer)+".wrong"), from("[2001:db8:1:3::1]:1")).is(401)
}

func TestNothingThatIsLoggedIsASecret(t *testing.T) {
	t.Parallel()
	a := newAPI(t)
	link := a.create(simple)
	a.do("GET", anywhere, "", as(idOf(a.reader)+".wrong-secret")).is(401)
	a.do("GET", "/api/v1/token/validate/"+link+"?t=link", "", as(a.reader)).is(200)
	_ = a.store.Close()
	a.do("GET", "/api/v1/token/validate/"+link+"?t=link", "", as(a.reader)).is(503)
	a.do("GET", "/api/v1/health", "")
	if a.logs.Len() < 2 {
		t.Fatalf("%d log lines", a.logs.Len())
	}
	refused := a.logs.FilterMessage("credential refused").All()
	if len(refused) != 1 || refused[0].ContextMap()["client_ip"] != "192.0.2.1" {
		t.Errorf("refusals %v", refused)
	}
	for _, entry := range a.logs.All() {
		for name, value := range entry.ContextMap() {
			text, _ := value.(string)
			for _, secret := range []string{testSecret, "wrong-secret", link, idOf(a.reader)} {
				if strings.Contains(text, secret) || strings.Contains(entry.Message, secret) {
					t.Errorf("%s: %s = %s", entry.Message, name, text)
				}
			}
		}
	}
}

func TestManyCallsWithOneCredentialAtOnceAllGoThrough(t *testing.T) {
	t.Parallel()
	a := newAPI(t)
	var wg sync.WaitGroup
	for range 100 {
		wg.Go(func() {
			if r := a.do("GET", anywhere, "", as(a.reader)); r.status != 200 {
				t.Errorf("%d: %s", r.status, r.text)
			}
		})
	}
	wg.Wait()
}
