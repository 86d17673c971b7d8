package integration

import (
	"net/http"
	"net/http/cookiejar"
	"strings"
	"testing"
	"time"
)

// A browser is a client with cookies that says what its requests are for.
type browser struct {
	base   string
	client *http.Client
}

func newBrowser(t testing.TB, g *gateway) *browser {
	t.Helper()
	jar, err := cookiejar.New(nil)
	if err != nil {
		t.Fatal(err)
	}
	return &browser{"http://" + g.site, &http.Client{Jar: jar, Timeout: 20 * time.Second, CheckRedirect: func(*http.Request, []*http.Request) error {
		return http.ErrUseLastResponse
	}}}
}

// navigate goes to a page, as a person does.
func (b *browser) navigate(t testing.TB, path string) answer {
	t.Helper()
	return b.send(t, http.MethodGet, path, "", "Sec-Fetch-Mode", "navigate", "Sec-Fetch-Dest", "document", "Accept", "text/html")
}

// fetch gets something that a page needs.
func (b *browser) fetch(t testing.TB, path string) answer {
	t.Helper()
	return b.send(t, http.MethodGet, path, "", "Sec-Fetch-Mode", "no-cors", "Sec-Fetch-Site", "same-origin")
}

// post sends a form, which is a navigation.
func (b *browser) post(t testing.TB, path, form string) answer {
	t.Helper()
	return b.send(t, http.MethodPost, path, form, "Sec-Fetch-Mode", "navigate", "Content-Type", "application/x-www-form-urlencoded")
}

func (b *browser) send(t testing.TB, method, path, body string, headers ...string) answer {
	t.Helper()
	r, err := http.NewRequestWithContext(t.Context(), method, b.base+path, strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	for i := 0; i+1 < len(headers); i += 2 {
		r.Header.Set(headers[i], headers[i+1])
	}
	resp, err := b.client.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	a, err := readAnswer(resp)
	if err != nil {
		t.Fatal(err)
	}
	return a
}

// session is the value of the cookie that requests ride on.
func (b *browser) session(t testing.TB) string {
	t.Helper()
	r, err := http.NewRequest(http.MethodGet, b.base, nil)
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range b.client.Jar.Cookies(r.URL) {
		if c.Name == "linkgate_session" {
			return c.Value
		}
	}
	return ""
}
