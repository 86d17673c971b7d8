package caddymodule

import (
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
)

// FuzzExtraction sends any address and any headers through a gate that knows
// one link. Whatever it is: no panic, no answer from the 5xx, no admission
// without the link, and no link behind the gate.
func FuzzExtraction(f *testing.F) {
	f.Add("/mytag/"+linkA+"/a.css?x=1", "", "", "")
	f.Add("/?token="+linkA+"&token="+linkA, "", "", "")
	f.Add("/%2e%2e/"+linkA, linkA, "Bearer "+linkA, "tok="+linkA+"; tok=x")
	f.Add("/a;b/"+linkA+"%2f?tok%65n="+linkA+";token=x", "", "", "a=b;;tok="+linkA)
	f.Add("//"+linkA+"//", "eyJ.eyJfaWQiOjF9.", "bearer eyJhbGciOiJub25lIn0.eyJfaWQiOiIifQ.", "linkgate_session=AAAA")
	f.Fuzz(func(t *testing.T, target, header, authorization, cookie string) {
		u, err := url.ParseRequestURI(target)
		if err != nil || !strings.HasPrefix(target, "/") {
			return
		}
		off := false
		for _, strict := range []*bool{nil, &off} {
			g := testGate(t, Gate{
				From:       []Source{{In: "path"}, {In: "query", Name: "token"}, {In: "header", Name: "X-Link-Token"}, {In: "bearer"}, {In: "cookie", Name: "tok"}},
				StrictPath: strict,
			}, record(linkA, limited(1)))
			r := httptest.NewRequest(http.MethodGet, "/", nil)
			own := *u
			r.URL, r.RequestURI = &own, target
			r.Header = http.Header{"X-Link-Token": {header}, "Authorization": {authorization}, "Cookie": {cookie}, "Referer": {"http://h" + target}}
			w, up := pass(t, g, prepared(r))
			if w.Code >= 500 {
				t.Errorf("status %d", w.Code)
			}
			if n := int64(len(up.requests)); n != used(t, g, linkA) || (n > 0) != (w.Code == http.StatusOK) {
				t.Errorf("status %d, %d upstream, %d used", w.Code, n, used(t, g, linkA))
			}
			for _, got := range up.requests {
				checkStripped(t, got)
			}
		}
	})
}

// checkStripped demands that no source holds a token any more.
func checkStripped(t *testing.T, r *http.Request) {
	t.Helper()
	places := map[string]string{
		"X-Link-Token":  r.Header.Get("X-Link-Token"),
		"Authorization": r.Header.Get("Authorization"),
		"cookie":        strings.Join(cookieValues(r.Header, "tok"), " "),
		"query":         strings.Join(queryValues(r.URL.RawQuery, "token"), " "),
	}
	for segment := range strings.SplitSeq(r.URL.EscapedPath(), "/") {
		if segment == linkA {
			places["path"] = segment
		}
	}
	for place, text := range places {
		if text == linkA || text == "Bearer "+linkA {
			t.Errorf("the token is still in the %s", place)
		}
	}
}
