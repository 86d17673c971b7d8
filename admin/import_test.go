package admin_test

import (
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/linkgate/linkgate/admin"
	"github.com/linkgate/linkgate/store"
	"github.com/linkgate/linkgate/store/memory"
)

const importID = "0123456789abcdef0123456789abcdef"

// entry is a row of an import with further members.
func entry(id, more string) string {
	return `{"id":"` + id + `","calls":3,"limit_calls":5,"state":"enabled"` + more + `}`
}

// imported imports rows.
func (a *api) imported(rows ...string) []admin.Imported {
	a.t.Helper()
	results, err := a.handler.(*admin.Handler).Import(a.t.Context(), strings.NewReader(strings.Join(rows, "\n")), "127.0.0.1")
	if err != nil {
		a.t.Fatal(err)
	}
	if len(results) != len(rows) {
		a.t.Fatalf("%d results of %d rows", len(results), len(rows))
	}
	return results
}

func TestAnImportedEntryIsTheRecordThatItWas(t *testing.T) {
	t.Parallel()
	hash := testHash()
	at := func(seconds int64) time.Time { return time.Unix(seconds, 0).UTC() }
	for name, c := range map[string]struct {
		more string
		want func(r *store.Record, now time.Time)
	}{
		"nothing more": {"", func(*store.Record, time.Time) {}},
		"times, maker and uuid": {
			`,"uuid":"b2d6c5f1-5c4f-4c37-9d4a-0d7f3a2b1c00","created_at":1652702640,"modified_at":1652702700,"created_by":"me"`,
			func(r *store.Record, _ time.Time) {
				r.Token.UUID, r.Token.CreatedBy = "b2d6c5f1-5c4f-4c37-9d4a-0d7f3a2b1c00", "me"
				r.Token.Created, r.Token.Modified = at(1652702640), at(1652702700)
			},
		},
		"the time of creation as Flextype writes it down": {
			`,"created_at":"16-05-2022 11:10"`,
			func(r *store.Record, _ time.Time) { r.Token.Created = at(1652699400) },
		},
		"a time of change alone": {
			`,"modified_at":1652702700`,
			func(r *store.Record, _ time.Time) {
				r.Token.Created, r.Token.Modified = at(1652702700), at(1652702700)
			},
		},
		"a change before the creation": {
			`,"created_at":1652702700,"modified_at":5`,
			func(r *store.Record, _ time.Time) {
				r.Token.Created, r.Token.Modified = at(1652702700), at(1652702700)
			},
		},
		"a hash makes it a credential": {
			`,"hashed_access_token":"` + hash + `"`,
			func(r *store.Record, _ time.Time) {
				r.Token.HashedAccessToken, r.Token.Scopes = hash, []store.Scope{store.ScopeRead, store.ScopeWrite}
			},
		},
		"a credential with less": {
			`,"scopes":["read"],"hashed_access_token":"` + hash + `"`,
			func(r *store.Record, _ time.Time) {
				r.Token.HashedAccessToken, r.Token.Scopes = hash, []store.Scope{store.ScopeRead}
			},
		},
		"what belongs to the link": {
			`,"rid":"r","iss":"i","url":"http://clever.com/mytag","expires_at":1900000000`,
			func(r *store.Record, _ time.Time) {
				r.Token.RID, r.Token.Issuer, r.Token.URL, r.Token.Expires = "r", "i", "http://clever.com/mytag", at(1900000000)
			},
		},
		"fields of one's own stay as they are": {
			`,"title":"[[ x ]]","n":9007199254740993123,"m":{"a":null},"a.b":1,"nothing":null`,
			func(r *store.Record, _ time.Time) {
				r.Token.Data = []byte(`{"title":"[[ x ]]","n":9007199254740993123,"m":{"a":null},"a.b":1,"nothing":null}`)
			},
		},
		"null says nothing": {
			`,"rid":null,"uuid":null,"created_at":null,"hashed_access_token":null,"scopes":null,"expires_at":null,"created_by":null`,
			func(*store.Record, time.Time) {},
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			a := newAPI(t)
			if got := a.imported(entry(importID, c.more))[0]; got != (admin.Imported{Row: 1, Result: admin.ImportTaken}) {
				t.Fatalf("the result is %+v", got)
			}
			now := a.clock().Truncate(time.Microsecond)
			want := store.Record{Counter: 3, Token: store.Token{
				Link: importID, State: store.Enabled, Limit: 5, Created: now, Modified: now,
			}}
			c.want(&want, now)
			got := a.record(importID)
			if want.Token.UUID == "" {
				if len(got.Token.UUID) != 36 {
					t.Errorf("the uuid is %q", got.Token.UUID)
				}
				want.Token.UUID = got.Token.UUID
			}
			if g, w := fmt.Sprintf("%+v", got), fmt.Sprintf("%+v", want); g != w {
				t.Errorf("the record is\n%s, want\n%s", g, w)
			}
		})
	}
}

func TestAnEntryThatCannotBeTakenIsRefusedByItsField(t *testing.T) {
	t.Parallel()
	plain := entry(importID, "")
	for name, c := range map[string]struct{ row, want string }{
		"an id that is none":                     {entry("foo", ""), "id: must be 32 lower-case"},
		"an id in upper case":                    {entry(strings.ToUpper(importID), ""), "id: must be 32 lower-case"},
		"an id with a path":                      {entry("../"+importID, ""), "id: must be 32 lower-case"},
		"no id":                                  {`{"calls":0,"limit_calls":0,"state":"enabled"}`, "id: is required"},
		"no state":                               {`{"id":"` + importID + `","calls":0,"limit_calls":0}`, "state: is required"},
		"no limit":                               {`{"id":"` + importID + `","calls":0,"limit_calls":null,"state":"enabled"}`, "limit_calls: is required"},
		"no counter":                             {`{"id":"` + importID + `","limit_calls":0,"state":"enabled"}`, "calls: is required"},
		"a state of another spelling":            {strings.Replace(plain, `"enabled"`, `"Disabled"`, 1), "state: must be enabled or disabled"},
		"a limit that is a text":                 {strings.Replace(plain, `:5`, `:"5"`, 1), "limit_calls: must be an integer"},
		"a negative limit":                       {strings.Replace(plain, `:5`, `:-1`, 1), "limit_calls: must be an integer"},
		"a negative counter":                     {strings.Replace(plain, `:3`, `:-3`, 1), "calls: must be an integer"},
		"a counter with a fraction":              {strings.Replace(plain, `:3`, `:3.0`, 1), "calls: must be an integer"},
		"more uses than the limit":               {strings.Replace(plain, `:3`, `:6`, 1), "calls: is over limit_calls"},
		"a hash of another kind":                 {entry(importID, `,"hashed_access_token":"$6$abc$def"`), "hashed_access_token: must be a bcrypt hash"},
		"a hash that takes hours":                {entry(importID, `,"hashed_access_token":"$2y$31$`+strings.Repeat("a", 53)+`"`), "hashed_access_token: must be a bcrypt hash"},
		"a secret in the place of a hash":        {entry(importID, `,"hashed_access_token":"secret"`), "hashed_access_token: must be a bcrypt hash"},
		"the scope admin":                        {entry(importID, `,"scopes":["read","admin"],"hashed_access_token":"`+testHash()+`"`), "scopes: admin is not given"},
		"scopes without a secret":                {entry(importID, `,"scopes":["read"]`), "scopes: are for a record with hashed_access_token"},
		"an unknown scope":                       {entry(importID, `,"scopes":["all"]`), "scopes: must be a list"},
		"a uuid that is none":                    {entry(importID, `,"uuid":"1"`), "uuid: must be a UUID"},
		"a maker that is a token":                {entry(importID, `,"created_by":"x-`+store.NewLink()+`"`), "created_by: must not contain a token"},
		"a maker that is a number":               {entry(importID, `,"created_by":5`), "created_by: must be a string"},
		"a time in words":                        {entry(importID, `,"created_at":"yesterday"`), "created_at: must be Unix seconds"},
		"a time far away":                        {entry(importID, `,"created_at":99999999999999`), "created_at: must be Unix seconds"},
		"an end of life that is none":            {entry(importID, `,"expires_at":0`), "expires_at: must be Unix seconds"},
		"a url that is none":                     {entry(importID, `,"url":"javascript:x"`), "url: "},
		"a life in minutes, from when?":          {entry(importID, `,"exp":5`), "exp: is a field of the record itself"},
		"a field of one's own with our name":     {entry(importID, `,"counter":5`), "counter: is a field of the record itself"},
		"a field with our name in another case":  {entry(importID, `,"State":"x"`), "State: is no field of one's own"},
		"a field that is there twice":            {entry(importID, `,"x":1,"x":2`), "x: is there more than once"},
		"more fields of one's own than are kept": {`{"x":"` + strings.Repeat("x", 65<<10) + `"}`, "the row is too long"},
		"no object":                              {`[]`, "must be a JSON object"},
		"no JSON":                                {`{"id":`, "malformed JSON"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			a := newAPI(t)
			other := store.NewLink()
			results := a.imported(c.row, entry(other, ""))
			if got := results[0]; got.Result != admin.ImportRefused || !strings.Contains(got.Detail, c.want) || got.Row != 1 {
				t.Errorf("the result is %+v, want one with %q", got, c.want)
			}
			if strings.Contains(results[0].Detail, "secret\"") || strings.Contains(results[0].Detail, importID) {
				t.Errorf("the reason quotes a secret: %s", results[0].Detail)
			}
			if _, err := a.store.Get(t.Context(), importID); !errors.Is(err, store.ErrNotFound) {
				t.Errorf("something of it is kept: %v", err)
			}
			if results[1].Result != admin.ImportTaken {
				t.Errorf("the row behind it is %+v", results[1])
			}
		})
	}
}

func TestAnImportNeverChangesWhatIsThere(t *testing.T) {
	t.Parallel()
	a := newAPI(t)
	there := a.keep(store.Token{Limit: 9}, 7)
	want := fmt.Sprintf("%+v", a.record(there.Link))
	fresh := store.NewLink()
	rows := []string{
		entry(there.Link, ""), entry(fresh, `,"x":1`), entry(fresh, `,"x":2`),
		strings.Replace(entry(idOf(a.root), ""), "enabled", "disabled", 1),
	}
	root := fmt.Sprintf("%+v", a.record(idOf(a.root)))
	for round, first := range []admin.ImportResult{admin.ImportTaken, admin.ImportExists} {
		got := a.imported(rows...)
		for i, result := range []admin.ImportResult{admin.ImportExists, first, admin.ImportExists, admin.ImportExists} {
			if got[i].Result != result {
				t.Errorf("round %d, row %d is %+v, want %s", round, i+1, got[i], result)
			}
		}
	}
	if got := fmt.Sprintf("%+v", a.record(there.Link)); got != want {
		t.Errorf("the record became %s", got)
	}
	if got := fmt.Sprintf("%+v", a.record(idOf(a.root))); got != root {
		t.Errorf("the admin became %s", got)
	}
	if got := string(a.record(fresh).Token.Data); got != `{"x":1}` {
		t.Errorf("the second of two rows counts: %s", got)
	}
}

func TestAnImportedAccessTokenGoesOnWorking(t *testing.T) {
	t.Parallel()
	a := newAPI(t)
	a.imported(entry(importID, `,"hashed_access_token":"`+strings.Replace(testHash(), "$2a$", "$2y$", 1)+`"`))
	for _, path := range []string{"/api/v1/tokens?id=" + importID, "/api/v1/tokens?options[collection]=true"} {
		a.do("GET", path, "", as(importID+"."+testSecret)).is(http.StatusOK)
	}
	a.do("GET", "/api/v1/tokens?id="+importID, "", as(importID+"."+testSecret)).is(http.StatusTooManyRequests)
	a.do("GET", "/api/v1/tokens?id="+importID, "", as(importID+".wrong")).is(http.StatusUnauthorized)
	if got := a.record(importID).Counter; got != 5 {
		t.Errorf("the counter is %d, want 3 + 2", got)
	}
}

func TestAnImportHasABound(t *testing.T) {
	t.Parallel()
	full := make([]string, admin.MaxImportRows)
	for i := range full {
		full[i] = entry(store.NewLink(), "")
	}
	big := `{"x":"` + strings.Repeat("x", 60<<10) + `"}`
	for name, c := range map[string]struct {
		rows []string
		want error
	}{
		"as many rows as may be": {full, nil},
		"one more":               {append(slices.Clip(full), entry(store.NewLink(), "")), admin.ErrImportTooLarge},
		"too many bytes":         {strings.Split(strings.Repeat(big+"\n", 20)+big, "\n"), admin.ErrImportTooLarge},
		"no rows":                {nil, nil},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			a := newAPI(t)
			results, err := a.handler.(*admin.Handler).Import(t.Context(), strings.NewReader(strings.Join(c.rows, "\n")), "")
			if !errors.Is(err, c.want) || c.want == nil && len(results) != len(c.rows) || c.want != nil && results != nil {
				t.Errorf("%d results, error %v; want %v", len(results), err, c.want)
			}
			if c.want != nil {
				if _, err := a.store.Get(t.Context(), c.rows[0][7:39]); err == nil {
					t.Error("a row is kept")
				}
			}
		})
	}
}

func TestAnImportIsOnRecord(t *testing.T) {
	t.Parallel()
	a := newAPI(t)
	a.imported(entry(importID, ""), entry(store.NewLink(), ""), entry("foo", ""))
	a.imported(entry(importID, ""))
	s := &brokenStore{Store: memory.New()}
	broken := newAPIOver(t, s)
	s.fail = func() error { return store.ErrUnavailable }
	if _, err := broken.handler.(*admin.Handler).Import(t.Context(), strings.NewReader(entry(importID, "")), "127.0.0.1"); !errors.Is(err, store.ErrUnavailable) {
		t.Errorf("the error is %v", err)
	}
	events := append(a.audits.take(), broken.audits.take()...)
	want := []admin.AuditEvent{
		{Action: "importTokens", Client: "127.0.0.1", Records: 2, Status: 200, Result: admin.AuditDone},
		{Action: "importTokens", Client: "127.0.0.1", Status: 200, Result: admin.AuditNothing},
		{Action: "importTokens", Client: "127.0.0.1", Status: 503, Result: admin.AuditFailed},
	}
	if len(events) != len(want) {
		t.Fatalf("%d events: %+v", len(events), events)
	}
	for i, e := range events {
		e.Time = time.Time{}
		if e != want[i] {
			t.Errorf("event %d is %+v, want %+v", i, e, want[i])
		}
	}
}
