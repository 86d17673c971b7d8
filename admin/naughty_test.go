package admin_test

import (
	"encoding/json"
	"net/url"
	"strings"
	"testing"
)

func TestNaughtyStringsComeBackByteForByteOrAreRefused(t *testing.T) {
	t.Parallel()
	a := newAPI(t)
	link := a.create(simple)
	kept := 0
	for _, text := range naughty(t) {
		a.send(t, text, text, link)
		body, err := json.Marshal(map[string]any{"rid": text, "iss": text, "url": "http://h/", "exp": 5, "config": []string{"link", "rid", "iss"}})
		if err != nil {
			t.Fatal(err)
		}
		r := a.do("POST", "/api/v1/token", string(body), as(a.both))
		switch r.status {
		case 200:
			kept++
			if r.json["rid"] != text || r.json["iss"] != text {
				t.Errorf("%q comes back as %v", text, r.json["rid"])
			}
			page := a.do("GET", "/api/v1/token/"+url.PathEscape(text)+"?t=iss", "", as(a.reader))
			// A segment of one or two dots is no name in a URL: clients resolve it.
			if text != "." && text != ".." && (page.status != 200 || len(page.items()) == 0) {
				t.Errorf("the campaign %q is not found: %d", text, page.status)
			}
		case 422:
		default:
			t.Errorf("%q is %d", text, r.status)
		}
		asURL, err := json.Marshal(map[string]any{"rid": "r", "iss": "i", "url": text, "exp": 5})
		if err != nil {
			t.Fatal(err)
		}
		// One of them is a good URL.
		if r := a.do("POST", "/api/v1/token", string(asURL), as(a.both)); r.status != 422 && !strings.HasPrefix(text, "http://www.") {
			t.Errorf("the URL %q is %d", text, r.status)
		}
	}
	if kept < 300 {
		t.Errorf("only %d were kept", kept)
	}
}

func TestNaughtyStringsAsIdsQueriesAndCredentials(t *testing.T) {
	t.Parallel()
	a := newAPI(t)
	for i, text := range naughty(t) {
		id, value := url.PathEscape(text), url.QueryEscape(text)
		if id == "" || id == "." || id == ".." {
			continue
		}
		for _, request := range []struct {
			method, target string
			want           int
		}{
			{"GET", "/api/v1/token/" + id + "?t=link", 200},
			{"GET", "/api/v1/token/" + id + "?t=jwt", 200},
			{"GET", "/api/v1/token/" + id + "?t=" + value, 422},
			{"GET", "/api/v1/token/x?t=link&page=1&x=" + value, 200},
			{"GET", "/api/v1/token/validate/" + id + "?t=link", 404},
			{"GET", "/api/v1/token/validate/" + id + "?t=jwt", 404},
			{"GET", "/api/v1/token/explain/" + id + "?t=jwt", 200},
			{"DELETE", "/api/v1/token/" + id, 200},
		} {
			if r := a.do(request.method, request.target, "", as(a.both)); r.status != request.want {
				t.Errorf("string %d: %s %s is %d", i, request.method, request.target, r.status)
			}
		}
		if r := a.do("GET", "/api/v1/token/x?t=link", "", with("X-API-Key", text)); r.status != 401 {
			t.Errorf("the credential %q is %d", text, r.status)
		}
	}
}
