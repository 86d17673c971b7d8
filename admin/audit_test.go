package admin_test

import (
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/linkgate/linkgate/admin"
	"github.com/linkgate/linkgate/store"
	"github.com/linkgate/linkgate/store/memory"
)

// audits are the events that a handler has told of.
type audits struct {
	mu   sync.Mutex
	list []admin.AuditEvent
}

func (a *audits) add(e admin.AuditEvent) {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.list = append(a.list, e)
}

// take returns the events since the last call.
func (a *audits) take() []admin.AuditEvent {
	a.mu.Lock()
	defer a.mu.Unlock()
	out := a.list
	a.list = nil
	return out
}

func TestWhoChangesWhatIsOnRecordInBothDialects(t *testing.T) {
	t.Parallel()
	a := newAPI(t)
	link := a.create(simple)
	entry := idOf(a.flexCreate(a.both, `{}`))
	a.audits.take()
	flexID := func(id string) string { return `,"id":"` + id + `"` }
	cases := []struct {
		name, method, path, body string
		caller, action, target   string
		result                   admin.AuditResult
	}{
		{"a change", "PATCH", "/api/v1/token/" + link, `{"cnt":3}`, a.both, "changeToken", link, admin.AuditDone},
		{"a change of nothing", "PATCH", "/api/v1/token/" + link, `{}`, a.both, "changeToken", link, admin.AuditNothing},
		{"a change by a reader", "PATCH", "/api/v1/token/" + link, `{}`, a.reader, "changeToken", link, admin.AuditRefused},
		{"a change to a wrong value", "PATCH", "/api/v1/token/" + link, `{"cnt":0}`, a.both, "changeToken", link, admin.AuditRefused},
		{"a create with a wrong value", "POST", "/api/v1/token", `{}`, a.both, "createToken", "", admin.AuditRefused},
		{"a delete", "DELETE", "/api/v1/token/" + link, "", a.both, "deleteToken", link, admin.AuditDone},
		{"a delete of what is gone", "DELETE", "/api/v1/token/" + link, "", a.both, "deleteToken", link, admin.AuditNothing},
		{"a delete of an admin", "DELETE", "/api/v1/token/" + idOf(a.root), "", a.both, "deleteToken", idOf(a.root), admin.AuditRefused},
		{"a delete of oneself by an admin", "DELETE", "/api/v1/token/" + idOf(a.root), "", a.root, "deleteToken", idOf(a.root), admin.AuditRefused},
		{"a change of an entry", "PATCH", flex, inBody(a.both, flexID(entry)+`,"data":{"x":1}`), "", "changeEntry", entry, admin.AuditDone},
		{"a change of an entry to nothing", "PATCH", flex, inBody(a.both, flexID(entry)+`,"data":{}`), "", "changeEntry", entry, admin.AuditNothing},
		{"a change of an entry by a reader", "PATCH", flex, inBody(a.reader, flexID(entry)+`,"data":{}`), "", "changeEntry", entry, admin.AuditRefused},
		{"a change of an entry to a wrong value", "PATCH", flex, inBody(a.both, flexID(entry)+`,"data":{"uuid":1}`), "", "changeEntry", entry, admin.AuditRefused},
		{"scopes beyond one's own for oneself", "PATCH", flex, inBody(a.both, flexID(idOf(a.both))+`,"data":{"scopes":["admin"]}`), "", "changeEntry", idOf(a.both), admin.AuditRefused},
		{"a create beyond one's scopes", "POST", flex, inBody(a.both, `,"data":{"scopes":["admin"]}`), "", "createEntry", "", admin.AuditRefused},
		{"a delete of an entry", "DELETE", flex, inBody(a.both, flexID(entry)), "", "deleteEntry", entry, admin.AuditDone},
		{"a delete of an entry that is gone", "DELETE", flex, inBody(a.both, flexID(entry)), "", "deleteEntry", entry, admin.AuditRefused},
		{"a delete without a record", "DELETE", flex, inBody(a.both, flexID("..")), "", "deleteEntry", "", admin.AuditRefused},
	}
	for _, c := range cases {
		var options []option
		if c.caller != "" {
			options = append(options, as(c.caller))
		}
		status := a.do(c.method, c.path, c.body, options...).status
		got := a.audits.take()
		if len(got) != 1 {
			t.Fatalf("%s: %d events", c.name, len(got))
		}
		e := got[0]
		if e.Action != c.action || e.Target != c.target || e.Result != c.result || e.Status != status ||
			e.Client != "192.0.2.1" || !e.Time.Equal(a.clock()) || e.CallerUUID == "" || !store.ValidLink(e.Presented) {
			t.Errorf("%s (%d): %+v", c.name, status, e)
		}
	}
}

func TestWhoIsTurnedAwayIsOnRecordAndWhoReadsIsNot(t *testing.T) {
	t.Parallel()
	a := newAPI(t)
	a.do("POST", "/api/v1/token", simple).is(401)
	a.do("POST", "/api/v1/token", simple, as(idOf(a.both)+".wrong")).is(401)
	a.do("POST", flex, `{"token":"`+idOf(a.both)+`","access_token":null}`).is(401)
	wanted := idOf(a.root)
	a.do("DELETE", "/api/v1/token/"+wanted, "").is(401)
	a.do("DELETE", flex, `{"token":"`+idOf(a.both)+`","access_token":null,"id":"`+wanted+`"}`).is(401)
	got := a.audits.take()
	if len(got) != 5 {
		t.Fatalf("%d events", len(got))
	}
	for i, e := range got {
		if e.Result != admin.AuditRefused || e.Status != 401 || e.CallerUUID != "" {
			t.Errorf("%+v", e)
		}
		if want := []string{"", idOf(a.both), "", "", ""}[i]; e.Presented != want {
			t.Errorf("presented %q, want %q", e.Presented, want)
		}
		if want := []string{"", "", "", wanted, wanted}[i]; e.Target != want {
			t.Errorf("the target is %q, want %q", e.Target, want)
		}
	}
	link := a.create(simple)
	a.audits.take()
	a.do("GET", "/api/v1/token/validate/"+link+"?t=link", "", as(a.both)).is(200)
	a.do("GET", flex, "", as(a.both)).is(200)
	a.do("POST", flex+"/generate", inBody(a.both, "")).is(200)
	if got := a.audits.take(); len(got) != 0 {
		t.Errorf("what changes nothing is on record: %+v", got)
	}
}

func TestACallThatFailsIsOnRecordAsSuch(t *testing.T) {
	t.Parallel()
	s := &brokenStore{Store: memory.New()}
	a := newAPIOver(t, s)
	for _, c := range []struct {
		fail   func() error
		result admin.AuditResult
		status int
	}{
		{func() error { return store.ErrUnavailable }, admin.AuditFailed, 503},
		{func() error { return store.ErrExists }, admin.AuditRefused, 409},
		{func() error { panic("inside") }, admin.AuditFailed, 500},
	} {
		s.fail = c.fail
		a.do("POST", "/api/v1/token", simple, as(a.both)).is(c.status)
		got := a.audits.take()
		if len(got) != 1 || got[0].Result != c.result || got[0].Status != c.status || !store.ValidLink(got[0].Target) {
			t.Errorf("%d: %+v", c.status, got)
		}
	}
}

func TestABulkRequestIsOnRecordWithWhatItMade(t *testing.T) {
	t.Parallel()
	a := newAPI(t)
	body := strings.Repeat(simple+"\n", 30) + "{}\n"
	a.do("POST", "/api/v1/token/bulk", body, as(a.both), with("Content-Type", "application/x-ndjson")).is(200)
	made := 0
	for _, e := range a.audits.take() {
		if e.Action != "createTokens" || e.Result != admin.AuditDone || e.CallerUUID == "" {
			t.Errorf("%+v", e)
		}
		made += e.Records
	}
	if made != 30 {
		t.Errorf("%d records are on record", made)
	}
	a.do("POST", "/api/v1/token/bulk", body, as(a.reader), with("Content-Type", "application/x-ndjson")).is(403)
	if got := a.audits.take(); len(got) != 1 || got[0].Result != admin.AuditRefused || got[0].Records != 0 {
		t.Errorf("%+v", got)
	}
}

// TestEveryOperationThatNeedsWriteIsOnRecordOrChangesNothing keeps a new
// operation from being forgotten.
func TestEveryOperationThatNeedsWriteIsOnRecordOrChangesNothing(t *testing.T) {
	t.Parallel()
	a := newAPI(t)
	document := a.do("GET", "/api/v1/openapi.json", "").is(200).json
	harmless := []string{"generateToken", "generateHash"}
	seen := 0
	for path, item := range member(t, document, "paths").(map[string]any) {
		for method, op := range item.(map[string]any) {
			description, _ := op.(map[string]any)["description"].(string)
			if !strings.Contains(description, "scope write") || slices.Contains(harmless, member(t, op, "operationId").(string)) {
				continue
			}
			seen++
			a.audits.take()
			a.do(strings.ToUpper(method), strings.ReplaceAll(path, "{id}", "x"), "")
			if len(a.audits.take()) != 1 {
				t.Errorf("%s %s is not on record", method, path)
			}
		}
	}
	if seen < 7 {
		t.Errorf("%d operations", seen)
	}
}
