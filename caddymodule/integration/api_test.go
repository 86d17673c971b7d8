package integration

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"syscall"
	"testing"
	"time"
)

// A token is what the API answered when it made one.
type token struct {
	Link    string `json:"link"`
	JWT     string `json:"token"`
	URLLink string `json:"url_link"`
}

// A mint is what a token shall be like; what is zero gets a default.
type mint struct {
	RID    string `json:"rid"`
	URL    string `json:"url"`
	Issuer string `json:"iss"`
	Exp    int64  `json:"exp"`
	Limit  *int64 `json:"cnt,omitempty"`
}

// mint makes a token through the API.
func (g *gateway) mint(t testing.TB, m mint) token {
	t.Helper()
	m.RID, m.URL, m.Issuer = or(m.RID, "cust1234"), or(m.URL, "http://clever.example/mytag"), or(m.Issuer, "cpg")
	if m.Exp == 0 {
		m.Exp = 60
	}
	var made token
	g.call(t, http.MethodPost, "/api/v1/token", m, http.StatusOK, &made)
	if len(made.Link) != 32 || made.JWT == "" {
		t.Fatalf("the API made no token: %+v", made)
	}
	g.secrets.add(made.Link, made.JWT)
	return made
}

// limited makes a token with a limit.
func (g *gateway) limited(t testing.TB, n int64) token {
	t.Helper()
	return g.mint(t, mint{Limit: new(n)})
}

func or(value, fallback string) string {
	if value == "" {
		return fallback
	}
	return value
}

// An item is a record as the API shows it.
type item struct {
	Counter int64  `json:"counter"`
	Limit   int64  `json:"cnt"`
	State   string `json:"state"`
}

// item reads a record through the API.
func (g *gateway) item(t testing.TB, link string) item {
	t.Helper()
	var page struct {
		Items []item `json:"items"`
	}
	g.call(t, http.MethodGet, "/api/v1/token/"+link+"?t=link", nil, http.StatusOK, &page)
	if len(page.Items) != 1 {
		t.Fatalf("the API shows %d records for a link", len(page.Items))
	}
	return page.Items[0]
}

// counter is the number of uses of a link.
func (g *gateway) counter(t testing.TB, link string) int64 {
	t.Helper()
	return g.item(t, link).Counter
}

// wantCounter fails where a link was used another number of times.
func (g *gateway) wantCounter(t testing.TB, link string, want int64) {
	t.Helper()
	if got := g.counter(t, link); got != want {
		t.Errorf("the counter is %d, want %d", got, want)
	}
}

// patch changes a record through the API.
func (g *gateway) patch(t testing.TB, link string, change map[string]any) {
	t.Helper()
	g.call(t, http.MethodPatch, "/api/v1/token/"+link, change, http.StatusOK, nil)
}

// remove deletes a record through the API.
func (g *gateway) remove(t testing.TB, link string) {
	t.Helper()
	g.call(t, http.MethodDelete, "/api/v1/token/"+link, nil, http.StatusOK, nil)
}

// apiClient opens a connection for each call: one that was kept over a reload
// would be closed by the server at the moment it is used again.
var apiClient = &http.Client{Transport: &http.Transport{DisableKeepAlives: true}, Timeout: 20 * time.Second}

// call calls the API with the first credential.
func (g *gateway) call(t testing.TB, method, path string, body any, want int, into any) {
	t.Helper()
	var payload []byte
	if body != nil {
		var err error
		if payload, err = json.Marshal(body); err != nil {
			t.Fatal(err)
		}
	}
	status, answer := g.insistCall(t, method, path, payload)
	if status != want {
		t.Fatalf("%s %s: %d, want %d: %s", method, path, status, want, answer)
	}
	if into == nil {
		return
	}
	if err := json.Unmarshal(answer, into); err != nil {
		t.Fatalf("%s %s: %v in %s", method, path, err, answer)
	}
}

// insistCall calls again where the connection was lost before any handler saw
// it, as [gateway.insist] does.
func (g *gateway) insistCall(t testing.TB, method, path string, payload []byte) (status int, answer []byte) {
	t.Helper()
	var err error
	for range 5 {
		if status, answer, err = g.tryCall(t, method, path, payload); err == nil {
			return status, answer
		}
		if !errors.Is(err, io.EOF) && !errors.Is(err, syscall.ECONNRESET) {
			break
		}
	}
	t.Fatal(err)
	return 0, nil
}

func (g *gateway) tryCall(t testing.TB, method, path string, payload []byte) (status int, answer []byte, err error) {
	t.Helper()
	r, err := http.NewRequestWithContext(t.Context(), method, "http://"+g.api+path, bytes.NewReader(payload))
	if err != nil {
		t.Fatal(err)
	}
	if len(payload) > 0 {
		r.Header.Set("Content-Type", "application/json")
	}
	r.Header.Set("Authorization", "Bearer "+g.credential(t))
	resp, err := apiClient.Do(r)
	if err != nil {
		return 0, nil, err
	}
	defer resp.Body.Close()
	answer, err = io.ReadAll(resp.Body)
	return resp.StatusCode, answer, err
}

// credential is the first credential, from the file that the operator is
// told of.
func (g *gateway) credential(t testing.TB) string {
	t.Helper()
	dir := or(g.founder, g.data)
	if !exists(filepath.Join(dir, "initial_admin.json")) {
		dir = filepath.Dir(g.data) // as with store redis
	}
	text, err := os.ReadFile(filepath.Join(dir, "initial_admin.json"))
	if err != nil {
		t.Fatal(err)
	}
	var file struct {
		Credential  string `json:"credential"`
		AccessToken string `json:"access_token"`
	}
	if err := json.Unmarshal(text, &file); err != nil {
		t.Fatal(err)
	}
	g.secrets.add(file.Credential, file.AccessToken)
	return file.Credential
}
