package caddymodule

import (
	"encoding/base64"
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/linkgate/linkgate/store/storetest/corpora"
)

// TestWhatOthersFoundTroublesomeIsNoToken presents every string of the
// corpora, raw where a request line can hold it and encoded, in every place
// where a token may sit. None of it is a token, and nothing of it is worse
// than refused.
func TestWhatOthersFoundTroublesomeIsNoToken(t *testing.T) {
	t.Parallel()
	g := testGate(t, Gate{
		From:       []Source{{In: "path"}, {In: "query", Name: "token"}, {In: "header", Name: "X-Link-Token"}, {In: "bearer"}, {In: "cookie", Name: "tok"}},
		GuessLimit: &GuessLimit{},
	}, record(linkA))
	cases := naughty(t)
	if len(cases) < 800 {
		t.Fatalf("%d cases", len(cases))
	}
	for _, s := range cases {
		for _, r := range presentations(t, s) {
			w, u := pass(t, g, r)
			if len(u.requests) != 0 || w.Code != 400 && w.Code != 401 && w.Code != 404 {
				t.Errorf("%.100q: status %d, %d upstream", s, w.Code, len(u.requests))
			}
		}
	}
}

// TestAGoodTokenWorksBesideWhatOthersFoundTroublesome sends the same strings
// along with a link: they belong to the upstream and reach it as they came.
func TestAGoodTokenWorksBesideWhatOthersFoundTroublesome(t *testing.T) {
	t.Parallel()
	g := testGate(t, Gate{}, record(linkA))
	for _, s := range naughty(t) {
		query := "x=" + url.QueryEscape(s) + "&" + url.QueryEscape(s)
		if strings.Contains(url.QueryEscape(s), "token") {
			continue
		}
		w, u := pass(t, g, newRequest(t, "/a/"+linkA+"/b?"+query, http.Header{"X-Own": {s}, "Cookie": {"own=" + s}}))
		if w.Code != http.StatusOK || len(u.requests) != 1 {
			t.Errorf("%.100q: status %d, %d upstream", s, w.Code, len(u.requests))
			continue
		}
		got := u.requests[0]
		if got.URL.RawQuery != query || got.URL.Path != "/a/b" || got.Header["X-Own"][0] != s || got.Header["Cookie"][0] != "own="+s {
			t.Errorf("%.100q: the upstream got %s %q", s, got.URL, got.Header)
		}
	}
}

// presentations are requests that hold s where a token may sit.
func presentations(t *testing.T, s string) []*http.Request {
	t.Helper()
	out := []*http.Request{
		newRequest(t, "/", http.Header{"X-Link-Token": {s}}),
		newRequest(t, "/", http.Header{"Authorization": {"Bearer " + s}}),
		newRequest(t, "/", http.Header{"Cookie": {"tok=" + s}, "Referer": {s}}),
	}
	part := base64.RawURLEncoding.EncodeToString([]byte(s))
	for _, target := range []string{
		"/" + s, "/" + url.PathEscape(s) + "/x", "/?token=" + s, "/?token=" + url.QueryEscape(s), "/?" + s + "=" + s,
		"/" + part + "." + part + "." + part,
	} {
		u, err := url.ParseRequestURI(target)
		if err != nil {
			continue // net/http answers 400 before any handler
		}
		r := httptest.NewRequest(http.MethodGet, "/", nil)
		r.URL, r.RequestURI = u, target
		out = append(out, prepared(r))
	}
	return out
}

// naughty are the strings of all corpora.
func naughty(t *testing.T) []string {
	t.Helper()
	var out []string
	if err := json.Unmarshal(corpora.Read(t, "corpora", "blns", "blns.json"), &out); err != nil {
		t.Fatal(err)
	}
	for line := range strings.Lines(string(corpora.Read(t, "corpora", "utf8tests", "utf8tests.bin"))) {
		out = append(out, strings.TrimSuffix(line, "\n"))
	}
	for _, file := range corpora.Files(t, "corpora", "jsontestsuite", "test_*", "*.json") {
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		if len(text) > 4<<10 && !strings.Contains(filepath.Base(file), "n_structure") {
			t.Fatalf("%s is longer than it was", file)
		}
		out = append(out, string(text[:min(len(text), 4<<10)]))
	}
	return out
}
