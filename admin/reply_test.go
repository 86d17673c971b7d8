package admin_test

import (
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
)

// A reply is an answer with its JSON decoded.
type reply struct {
	t      *testing.T
	status int
	header http.Header
	text   string
	json   map[string]any
}

// An option changes a request before it is sent.
type option func(*http.Request)

// with sets a header, adding to those of the same name.
func with(name, value string) option {
	return func(r *http.Request) { r.Header.Add(name, value) }
}

// as presents a credential.
func as(credential string) option { return with("Authorization", "Bearer "+credential) }

// from sets the address of the client.
func from(addr string) option { return func(r *http.Request) { r.RemoteAddr = addr } }

// do sends one request.
func (a *api) do(method, target, body string, options ...option) reply {
	a.t.Helper()
	var reader io.Reader
	if body != "" {
		reader = strings.NewReader(body)
	}
	r := httptest.NewRequestWithContext(a.t.Context(), method, target, reader)
	for _, option := range options {
		option(r)
	}
	w := httptest.NewRecorder()
	a.handler.ServeHTTP(w, r)
	out := reply{t: a.t, status: w.Code, header: w.Header(), text: w.Body.String()}
	decoder := json.NewDecoder(strings.NewReader(out.text))
	decoder.UseNumber()
	_ = decoder.Decode(&out.json) // whoever looks at it sees what is missing
	return out
}

// is fails the test where the status is another one.
func (r reply) is(status int) reply {
	r.t.Helper()
	if r.status != status {
		r.t.Fatalf("status %d, want %d: %s", r.status, status, r.text)
	}
	if status >= 400 {
		r.isProblem()
	}
	return r
}

// isProblem fails the test where the answer is not as RFC 9457 has it.
func (r reply) isProblem() {
	r.t.Helper()
	if got := r.header.Get("Content-Type"); got != "application/problem+json" {
		r.t.Errorf("content type %q of a problem", got)
	}
	if r.json["status"] != json.Number(itoa(r.status)) {
		r.t.Errorf("status in the body is %v, want %d", r.json["status"], r.status)
	}
	for _, name := range []string{"title", "detail"} {
		if text, _ := r.json[name].(string); text == "" {
			r.t.Errorf("%s is missing in %s", name, r.text)
		}
	}
}

// says fails the test where the detail does not contain a text.
func (r reply) says(text string) reply {
	r.t.Helper()
	if detail, _ := r.json["detail"].(string); !strings.Contains(detail, text) {
		r.t.Errorf("detail %q does not say %q", r.json["detail"], text)
	}
	return r
}

// names fails the test where the problem is about another field.
func (r reply) names(field string) reply {
	r.t.Helper()
	if r.json["field"] != field {
		r.t.Errorf("field %v, want %q: %s", r.json["field"], field, r.text)
	}
	return r.says(field)
}

// number is an integer member of the answer.
func (r reply) number(name string) int64 {
	r.t.Helper()
	n, ok := r.json[name].(json.Number)
	if !ok {
		r.t.Fatalf("%s is no number in %s", name, r.text)
	}
	i, err := n.Int64()
	if err != nil {
		r.t.Fatalf("%s: %v", name, err)
	}
	return i
}

// items are the items of a page.
func (r reply) items() []map[string]any {
	r.t.Helper()
	list, ok := r.json["items"].([]any)
	if !ok {
		r.t.Fatalf("items is no list in %s", r.text)
	}
	out := []map[string]any{}
	for _, element := range list {
		out = append(out, element.(map[string]any))
	}
	return out
}
