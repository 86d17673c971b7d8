package admin_test

import (
	"bytes"
	"encoding/json"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/linkgate/linkgate/store/storetest/corpora"
)

// files reads the files of the corpora that match a pattern, by name.
func files(t *testing.T, elements ...string) map[string][]byte {
	t.Helper()
	out := map[string][]byte{}
	for _, path := range corpora.Files(t, append([]string{"corpora"}, elements...)...) {
		text, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		out[filepath.Base(path)] = text
	}
	return out
}

// naughty are the strings of the big list.
func naughty(t *testing.T) []string {
	t.Helper()
	var list []string
	if err := json.Unmarshal(corpora.Read(t, "corpora", "blns", "blns.json"), &list); err != nil || len(list) < 500 {
		t.Fatalf("%d strings, %v", len(list), err)
	}
	return list
}

// send gives a body to each operation that takes one, and returns the
// statuses. None may be a failure of ours.
func (a *api) send(t *testing.T, name, body, link string) [2]int {
	t.Helper()
	out := [2]int{
		a.do("POST", "/api/v1/token", body, as(a.both)).status,
		a.do("PATCH", "/api/v1/token/"+link, body, as(a.both)).status,
	}
	for _, status := range out {
		if status >= 500 {
			t.Errorf("%s is %d", name, status)
		}
	}
	return out
}

func TestTheJSONTestSuiteAsBodies(t *testing.T) {
	t.Parallel()
	a := newAPI(t)
	link := a.create(simple)
	seen := 0
	for name, body := range files(t, "jsontestsuite", "test_parsing", "*.json") {
		seen++
		got := a.send(t, name, string(body), link)
		want := 400
		if len(body) > 64<<10 {
			want = 413 // refused before it is looked at
		}
		if strings.HasPrefix(name, "n_") && got != [2]int{want, want} {
			t.Errorf("%s is %v", name, got)
		}
		if got[0] == 200 {
			t.Errorf("%s makes a token", name)
		}
	}
	if seen < 300 {
		t.Errorf("only %d files", seen)
	}
	for name, body := range files(t, "jsontestsuite", "test_transform", "*.json") {
		a.send(t, name, string(body), link)
		// As a value inside a good body: accepted byte for byte or refused.
		wrapped := `{"data":{"v":` + strings.TrimSpace(string(body)) + `}}`
		if got := a.send(t, name, wrapped, link); got[1] == 200 {
			if want := `{"v":` + strings.TrimSpace(string(body)) + `}`; string(a.record(link).Token.Data) != want {
				t.Errorf("%s is kept as %s", name, a.record(link).Token.Data)
			}
		}
	}
}

func TestTheUTF8TestsAsBodiesAndAsTexts(t *testing.T) {
	t.Parallel()
	a := newAPI(t)
	link := a.create(simple)
	for name, text := range files(t, "utf8tests", "utf8tests.*") {
		for line := range bytes.SplitSeq(text, []byte("\n")) {
			a.send(t, name, string(line), link)
			got := a.send(t, name, `{"data":{"v":"`+string(line)+`"}}`, link)[1]
			if !utf8.Valid(line) && got != 400 {
				t.Errorf("%s: %q, which is not UTF-8, is %d", name, line, got)
			}
			a.do("GET", "/api/v1/token/"+url.PathEscape(string(line)+"x")+"?t=iss", "", as(a.reader)).is(200)
		}
		a.send(t, name, string(text), link)
	}
}
