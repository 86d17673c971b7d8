package integration

import (
	"encoding/json"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/linkgate/linkgate/caddymodule/mask"
)

// A flexRecord is a record as the Flextype API shows it.
type flexRecord struct {
	ID    string `json:"id"`
	Calls int64  `json:"calls"`
	Limit int64  `json:"limit_calls"`
	State string `json:"state"`
	Title string `json:"title"`
}

// flexMint makes a record over the Flextype API.
func (g *gateway) flexMint(t *testing.T, data map[string]any) (token, secret string) {
	t.Helper()
	var made struct {
		Token       string `json:"token"`
		AccessToken string `json:"access_token"`
	}
	g.call(t, http.MethodPost, "/api/v1/tokens", map[string]any{"data": data}, http.StatusOK, &made)
	if len(made.Token) != 32 || len(made.AccessToken) != 32 {
		t.Fatalf("no record was made: %+v", made)
	}
	g.secrets.add(made.Token, made.AccessToken)
	return made.Token, made.AccessToken
}

func TestATokenOfEitherDialectWorksAtTheGateAndInTheOther(t *testing.T) {
	t.Parallel()
	up := startRecorder(t, nil)
	g := startGateway(t, setup{upstream: up.addr})
	fetch := func(id string) (r flexRecord) {
		t.Helper()
		g.call(t, http.MethodGet, "/api/v1/tokens?id="+id, nil, http.StatusOK, &r)
		return r
	}

	link, _ := g.flexMint(t, map[string]any{"limit_calls": 2, "calls": 0, "title": "made by Flextype"})
	g.get(t, "/"+link).wantStatus(t, 200)
	if got, want := fetch(link), (flexRecord{link, 1, 2, "enabled", "made by Flextype"}); got != want {
		t.Errorf("got %+v, want %+v", got, want)
	}
	g.get(t, "/"+link).wantStatus(t, 200)
	g.get(t, "/"+link).wantStatus(t, 410)
	if got := g.item(t, link); got.Counter != 2 || got.Limit != 2 {
		t.Errorf("Token2GO shows %+v", got)
	}
	g.call(t, http.MethodPatch, "/api/v1/tokens", map[string]any{"id": link, "data": map[string]any{"limit_calls": 0}}, http.StatusOK, nil)
	g.get(t, "/"+link).wantStatus(t, 200)
	if got := g.item(t, link); got.Limit != -1 {
		t.Errorf("no limit is %d in Token2GO", got.Limit)
	}

	tok := g.limited(t, 1)
	g.get(t, "/"+tok.JWT).wantStatus(t, 200)
	if got := fetch(tok.Link); got.Calls != 1 || got.Limit != 1 {
		t.Errorf("Flextype shows %+v", got)
	}
	g.call(t, http.MethodDelete, "/api/v1/tokens", map[string]any{"id": tok.Link}, http.StatusNoContent, nil)
	g.get(t, "/"+tok.Link).wantStatus(t, 404)
}

func TestACredentialOfTheFlextypeAPIOpensBothAPIs(t *testing.T) {
	t.Parallel()
	g := startGateway(t, setup{})
	token, secret := g.flexMint(t, map[string]any{"scopes": []string{"read"}, "limit_calls": 3})
	ask := func(path string, headers ...string) int {
		t.Helper()
		r, err := http.NewRequestWithContext(t.Context(), http.MethodGet, "http://"+g.api+path, nil)
		if err != nil {
			t.Fatal(err)
		}
		for i := 0; i+1 < len(headers); i += 2 {
			r.Header.Set(headers[i], headers[i+1])
		}
		resp, err := apiClient.Do(r)
		if err != nil {
			t.Fatal(err)
		}
		resp.Body.Close()
		return resp.StatusCode
	}
	for _, c := range []struct {
		status  int
		path    string
		headers []string
	}{
		{200, "/api/v1/token/x?t=iss", []string{"X-API-Key", token + "." + secret}},
		{200, "/api/v1/tokens?token=" + token + "&access_token=" + secret, nil},
		{200, "/api/v1/tokens?token=" + token + "." + secret, nil},
		{401, "/api/v1/tokens?token=" + token, nil},
		{200, "/api/v1/tokens", []string{"X-RapidAPI-Key", token + "." + secret}},
		{429, "/api/v1/tokens", []string{"Authorization", "Bearer " + token + "." + secret}},
	} {
		if got := ask(c.path, c.headers...); got != c.status {
			t.Errorf("%s is %d, want %d", strings.NewReplacer(token, "<token>", secret, "<secret>").Replace(c.path), got, c.status)
		}
	}
}

// auditLines are the lines of the audit about a token.
func (g *gateway) auditLines(link string) (actions []string) {
	for line := range strings.Lines(g.log.String()) {
		var entry struct{ Logger, Action, Result, Token, Credential, By string }
		if json.Unmarshal([]byte(line), &entry) == nil && entry.Logger == "linkgate.audit" && entry.Token == mask.Fingerprint(link) && entry.Credential != "" && entry.By != "" {
			actions = append(actions, entry.Action+" "+entry.Result)
		}
	}
	return actions
}

func TestTheAuditIsALogOfItsOwnWithoutASecret(t *testing.T) {
	t.Parallel()
	g := startGateway(t, setup{})
	link, _ := g.flexMint(t, map[string]any{})
	g.patch(t, link, map[string]any{"state": "disabled"})
	g.call(t, http.MethodPatch, "/api/v1/tokens", map[string]any{"id": link, "data": map[string]any{"x": 1}}, http.StatusOK, nil)
	g.remove(t, link)
	g.call(t, http.MethodDelete, "/api/v1/tokens", map[string]any{"id": link}, http.StatusNotFound, nil)
	const want = "createEntry done, changeToken done, changeEntry done, deleteToken done, deleteEntry refused"
	var got string
	if !eventually(20*time.Second, func() bool { got = strings.Join(g.auditLines(link), ", "); return got == want }) {
		t.Errorf("the audit says %s", got)
	}
	// That no line shows a token is what every test of a gateway checks.
}
