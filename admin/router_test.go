package admin_test

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/linkgate/linkgate/admin"
	"github.com/linkgate/linkgate/store"
	"github.com/linkgate/linkgate/store/memory"
)

func TestPathsThatAreNotThereAre404BeforeAnyCredentialIsAsked(t *testing.T) {
	t.Parallel()
	a := newAPI(t)
	for _, target := range []string{
		"/", "/api/v1/", "/api/v1/token/", "/api/v1/token/a/b", "/api/v1/token/validate/a/b", "/api/v1/token/validate/",
		"/api/v1/health/x", "/api/v1/token//x", "/api/v1/token/./x", "/api/v1/token/../token", "/x/../api/v1/health",
		"/api/v1/openapi.json/", "/api/v1/tokens/", "/elsewhere",
	} {
		r := a.do("GET", target, "").is(404)
		if r.header.Get("Location") != "" {
			t.Errorf("%s redirects", target)
		}
	}
}

func TestTheServerAsAWholeIsNoPath(t *testing.T) {
	t.Parallel()
	a := newAPI(t)
	a.do("OPTIONS", "/", "", func(r *http.Request) { r.RequestURI, r.URL.Path = "*", "*" }).is(404)
}

func TestThePathsOfTheFlextypeAPIAnswerInItsWords(t *testing.T) {
	t.Parallel()
	a := newAPI(t)
	for _, target := range []string{"/api/v1/tokens/", "/api/v1/tokens/x", "/api/v1/tokens/generate/x", "/api/v1/%74okens/x"} {
		r := a.do("POST", target, "{}").is(404)
		if r.json["message"] != r.json["detail"] || r.number("http_status_code") != 404 {
			t.Errorf("%s: %s", target, r.text)
		}
	}
	r := a.do("GET", "/api/v1/token/", "").is(404)
	if _, ok := r.json["message"]; ok {
		t.Errorf("the other API has a message: %s", r.text)
	}
}

func TestAWrongMethodIs405WithExactlyTheMethodsThereAre(t *testing.T) {
	t.Parallel()
	a := newAPI(t)
	cases := []struct{ method, target, allow string }{
		{"GET", "/api/v1/token", "POST"},
		{"HEAD", "/api/v1/token", "POST"},
		{"OPTIONS", "/api/v1/token", "POST"},
		{"POST", "/api/v1/token/x", "DELETE, GET, HEAD, PATCH"},
		{"PUT", "/api/v1/token/x", "DELETE, GET, HEAD, PATCH"},
		{"HEAD", "/api/v1/token/validate/x", "GET"},
		{"POST", "/api/v1/token/validate/x", "GET"},
		{"DELETE", "/api/v1/token/explain/x", "GET, HEAD"},
		{"PUT", "/api/v1/tokens", "DELETE, GET, HEAD, PATCH, POST"},
		{"OPTIONS", "/api/v1/tokens", "DELETE, GET, HEAD, PATCH, POST"},
		{"GET", "/api/v1/tokens/generate", "POST"},
		{"GET", "/api/v1/tokens/validate-hash", "POST"},
		{"POST", "/api/v1/health", "GET, HEAD"},
		{"POST", "/api/v1/openapi.json", "GET, HEAD"},
		{"get", "/api/v1/health", "GET, HEAD"},
		{"TRACE", "/api/v1/health", "GET, HEAD"},
	}
	for _, c := range cases {
		r := a.do(c.method, c.target, "").is(405)
		if got := r.header.Get("Allow"); got != c.allow {
			t.Errorf("%s %s: Allow is %q, want %q", c.method, c.target, got, c.allow)
		}
	}
}

func TestHeadIsGetWhereNothingIsCharged(t *testing.T) {
	t.Parallel()
	a := newAPI(t)
	link := a.create(simple)
	a.do("HEAD", "/api/v1/health", "").is(200)
	a.do("HEAD", "/api/v1/token/"+link+"?t=link", "", as(a.reader)).is(200)
	a.do("HEAD", "/api/v1/token/"+link+"?t=link", "").is(401)
}

func TestEveryAnswerIsNotStoredAndNotSniffed(t *testing.T) {
	t.Parallel()
	a := newAPI(t)
	answers := map[string]reply{
		"success":      a.do("GET", "/api/v1/health", ""),
		"no path":      a.do("GET", "/nowhere", ""),
		"no method":    a.do("PUT", "/api/v1/health", ""),
		"unauthorized": a.do("POST", "/api/v1/token", simple),
		"wrong value":  a.do("POST", "/api/v1/token", "{}", as(a.writer)),
		"created":      a.do("POST", "/api/v1/token", simple, as(a.writer)),
	}
	for name, r := range answers {
		if r.header.Get("Cache-Control") != "no-store" || r.header.Get("X-Content-Type-Options") != "nosniff" {
			t.Errorf("%s: headers %v", name, r.header)
		}
	}
	for _, method := range []string{"GET", "HEAD"} {
		w := httptest.NewRecorder()
		admin.WriteUnavailable(w, httptest.NewRequest(method, "/api/v1/health", nil))
		if w.Code != 503 || w.Header().Get("Cache-Control") != "no-store" || w.Header().Get("Retry-After") == "" ||
			w.Header().Get("Content-Type") != "application/json" || !strings.Contains(w.Body.String(), `"status":"degraded"`) {
			t.Errorf("unavailable, %s: %d %v %s", method, w.Code, w.Header(), w.Body)
		}
	}
}

// TestTheFirstProblemWins sends requests with ever fewer mistakes.
func TestTheFirstProblemWins(t *testing.T) {
	t.Parallel()
	a := newAPI(t)
	tooLarge := "{" + strings.Repeat(" ", 70_000)
	xml := with("Content-Type", "text/xml")
	a.do("PUT", "/api/v1/token", tooLarge, xml).is(405)
	a.do("POST", "/api/v1/token", tooLarge, xml).is(401)
	a.do("POST", "/api/v1/token", tooLarge, xml, as(a.reader)).is(403)
	a.do("POST", "/api/v1/token", tooLarge, xml, as(a.writer)).is(415)
	a.do("POST", "/api/v1/token", tooLarge, as(a.writer)).is(413)
	a.do("POST", "/api/v1/token", "{", as(a.writer)).is(400)
	a.do("POST", "/api/v1/token", "{}", as(a.writer)).is(422)
	a.do("POST", "/api/v1/token", simple, as(a.writer)).is(200)
}

// A brokenStore fails or panics where it is told to.
type brokenStore struct {
	store.Store
	fail func() error
}

func (s *brokenStore) Create(ctx context.Context, records ...store.Record) error {
	if s.fail != nil {
		return s.fail()
	}
	return s.Store.Create(ctx, records...)
}

// itoaLen is an index that no compiler sees to be out of range.
func itoaLen() int { return len(itoa(7)) }

func TestAStoreThatFailsIs503AndAPanicIs500AndNeitherSaysWhy(t *testing.T) {
	t.Parallel()
	const inside = "inside-of-the-store"
	cases := []struct {
		name   string
		fail   func() error
		status int
	}{
		{"unavailable", func() error { return errors.Join(store.ErrUnavailable, errors.New(inside)) }, 503},
		{"closed", func() error { return store.ErrClosed }, 503},
		{"cancelled", func() error { return context.Canceled }, 503},
		{"an error of no kind", func() error { return errors.New(inside) }, 503},
		{"a record that exists", func() error { return store.ErrExists }, 409},
		{"a record that cannot be kept", func() error { return store.ErrInvalid }, 422},
		{"a panic with a text", func() error { panic(inside) }, 500},
		{"a panic of the runtime", func() error { return []error{}[itoaLen()] }, 500},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			s := &brokenStore{Store: memory.New()}
			a := newAPIOver(t, s)
			s.fail = c.fail
			r := a.do("POST", "/api/v1/token", simple, as(a.writer)).is(c.status)
			if strings.Contains(r.text, inside) {
				t.Errorf("the answer shows the inside: %s", r.text)
			}
			if (c.status == 503) != (r.header.Get("Retry-After") != "") {
				t.Errorf("Retry-After is %q", r.header.Get("Retry-After"))
			}
			for _, entry := range a.logs.All() {
				if c.status == 500 && strings.Contains(fmt.Sprint(entry.Message, entry.ContextMap()), inside) {
					t.Errorf("the log quotes a panic: %v", entry)
				}
			}
		})
	}
}

func TestAnAbortedAnswerStaysAborted(t *testing.T) {
	t.Parallel()
	s := &brokenStore{Store: memory.New()}
	a := newAPIOver(t, s)
	s.fail = func() error { panic(http.ErrAbortHandler) }
	defer func() {
		if err, _ := recover().(error); !errors.Is(err, http.ErrAbortHandler) {
			t.Error("the server does not learn of it")
		}
	}()
	a.do("POST", "/api/v1/token", simple, as(a.writer))
	t.Error("an answer was sent")
}
