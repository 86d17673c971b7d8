package admin_test

import (
	"encoding/json"
	"io"
	"net/http/httptest"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/linkgate/linkgate/admin"
	"github.com/linkgate/linkgate/store"
	"github.com/linkgate/linkgate/store/jwt"
	"github.com/linkgate/linkgate/store/memory"
)

// fuzzed serves the API to fuzzers.
type fuzzed struct {
	handler    *admin.Handler
	store      store.Store
	credential string
}

func newFuzzed(f *testing.F) fuzzed {
	f.Helper()
	keys, err := jwt.NewKeyring(jwt.GenerateKey())
	if err != nil {
		f.Fatal(err)
	}
	s := memory.New()
	link := store.NewLink()
	err = s.Create(f.Context(), store.Record{Token: store.Token{
		Link: link, State: store.Enabled, Created: time.Now(), Modified: time.Now(),
		HashedAccessToken: testHash(), Scopes: []store.Scope{store.ScopeRead, store.ScopeWrite},
	}})
	if err != nil {
		f.Fatal(err)
	}
	handler := admin.New(admin.Options{Store: s, Keys: func() *jwt.Keyring { return keys }})
	return fuzzed{handler, s, link + "." + testSecret}
}

// post sends a create and returns the status and the answer.
func (z fuzzed) post(body string) (int, map[string]any) {
	r := httptest.NewRequest("POST", "/api/v1/token", io.NopCloser(strings.NewReader(body)))
	r.Header.Set("X-API-Key", z.credential)
	w := httptest.NewRecorder()
	z.handler.ServeHTTP(w, r)
	var out map[string]any
	_ = json.Unmarshal(w.Body.Bytes(), &out)
	return w.Code, out
}

// FuzzCreateBody, best run with -fuzzminimizetime 10x, looks for a body that breaks the API, or that is accepted
// although another reader of JSON would read something else.
func FuzzCreateBody(f *testing.F) {
	z := newFuzzed(f)
	for _, seed := range []string{
		simple, `{"cnt":3,"config":["link","cnt"],` + simple[1:], `{"rid":"cust1234","rid":"x"}`, `{“rid”: “cust1234”}`, `{"CNT":1}`, "", "[]", "{",
		`{"rid":"\ud800","url":"http://h/","exp":1,"iss":"i"}`, `{"rid":"r","url":"http://h\\x/","exp":1,"iss":"i"}`,
	} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, body string) {
		status, answer := z.post(body)
		switch status {
		case 400, 413, 422:
			return
		case 200:
		default:
			t.Fatalf("status %d for %q", status, body)
		}
		var loose struct {
			RID string `json:"rid"`
			URL string `json:"url"`
			Exp int64  `json:"exp"`
		}
		if err := json.Unmarshal([]byte(body), &loose); err != nil || !utf8.ValidString(body) {
			t.Fatalf("accepted %q, which others refuse: %v", body, err)
		}
		link, ok := answer["url_link"].(string)
		if !ok || len(link) < store.LinkLen {
			t.Fatalf("no link in the answer to %q", body)
		}
		id := link[len(link)-store.LinkLen:]
		record, err := z.store.Get(t.Context(), id)
		if err != nil {
			t.Fatal(err)
		}
		token := record.Token
		if token.RID != loose.RID || token.URL != loose.URL || token.Minutes != loose.Exp || token.Scopes != nil || token.HashedAccessToken != "" {
			t.Fatalf("%q is kept as %+v", body, token)
		}
		if link != strings.TrimRight(loose.URL, "/")+"/"+id {
			t.Fatalf("the link URL is %q", link)
		}
		if err := z.store.Delete(t.Context(), id); err != nil {
			t.Fatal(err)
		}
	})
}

// FuzzRequestTarget looks for a path or a query that breaks the API, or that
// it answers although it does not own it.
func FuzzRequestTarget(f *testing.F) {
	z := newFuzzed(f)
	for _, seed := range []string{
		"/api/v1/token/x?t=link", "/api/v1/token/a%2Fb?t=iss&page=2&size=3", "/api/v1/token/validate/x?t=jwt", "/api/v1/token/../token", "/api/v1/%74oken/x?t=link",
		"/api//v1/token", "/api/v1/health", "/x?;",
	} {
		f.Add("GET", seed)
	}
	f.Add("PATCH", "/api/v1/token/x")
	f.Fuzz(func(t *testing.T, method, target string) {
		r := httptest.NewRequest("GET", "/", strings.NewReader("{}"))
		u, err := r.URL.Parse(target)
		if err != nil || !strings.HasPrefix(u.Path, "/") {
			return // no server would get that far with such a target
		}
		r.Method, r.URL, r.RequestURI = method, u, target
		r.Header.Set("X-API-Key", z.credential)
		w := httptest.NewRecorder()
		z.handler.ServeHTTP(w, r)
		if w.Code >= 500 || w.Code < 200 || w.Code/100 == 3 {
			t.Fatalf("%s %q is %d", method, target, w.Code)
		}
		if w.Code != 404 && !admin.Owns(u.EscapedPath()) {
			t.Fatalf("%s %q is %d and not owned", method, target, w.Code)
		}
	})
}
