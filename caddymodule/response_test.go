package caddymodule

import (
	"net/http"
	"net/http/httptest"
	"testing"
)

func TestAnswersFromBehindTheGateStayPrivate(t *testing.T) {
	t.Parallel()
	tests := map[string]struct{ sent, want http.Header }{
		"nothing set": {
			sent: http.Header{},
			want: http.Header{"Cache-Control": {"private, no-cache"}, "Referrer-Policy": {"strict-origin"}, "X-Robots-Tag": {"noindex"}},
		},
		"all of its own": {
			sent: http.Header{"Cache-Control": {"no-store"}, "Referrer-Policy": {"no-referrer"}, "X-Robots-Tag": {"none"}},
			want: http.Header{"Cache-Control": {"no-store"}, "Referrer-Policy": {"no-referrer"}, "X-Robots-Tag": {"none"}},
		},
		"public":                 {sent: http.Header{"Cache-Control": {"Public, max-age=60"}}, want: http.Header{"Cache-Control": {"private, max-age=60"}}},
		"for shared caches":      {sent: http.Header{"Cache-Control": {"max-age=5, s-maxage=60"}}, want: http.Header{"Cache-Control": {"max-age=5, private"}}},
		"both, in two lines":     {sent: http.Header{"Cache-Control": {"public", "s-maxage=1, immutable"}}, want: http.Header{"Cache-Control": {"private, immutable"}}},
		"a comma inside quotes":  {sent: http.Header{"Cache-Control": {`no-cache="a, public", public`}}, want: http.Header{"Cache-Control": {`no-cache="a, public", private`}}},
		"a lifetime of its own":  {sent: http.Header{"Cache-Control": {"max-age=60"}}, want: http.Header{"Cache-Control": {"max-age=60"}}},
		"private already, twice": {sent: http.Header{"Cache-Control": {"private, public"}}, want: http.Header{"Cache-Control": {"private"}}},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			g := testGate(t, Gate{}, record(linkA))
			w, r := httptest.NewRecorder(), newRequest(t, "/"+linkA, nil)
			err := g.ServeHTTP(w, r, &upstream{answer: func(w http.ResponseWriter, _ *http.Request) {
				for name, values := range tt.sent {
					for _, v := range values {
						w.Header().Add(name, v)
					}
				}
				_, _ = w.Write([]byte("x"))
			}})
			if err != nil {
				t.Fatal(err)
			}
			for name, want := range tt.want {
				if got := w.Result().Header[name]; len(got) != 1 || got[0] != want[0] {
					t.Errorf("%s: %q, want %q", name, got, want)
				}
			}
		})
	}
}
