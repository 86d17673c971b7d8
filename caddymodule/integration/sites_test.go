package integration

import (
	"strings"
	"testing"
)

func TestZeroConfiguration(t *testing.T) {
	t.Parallel()
	up := startRecorder(t, nil)
	g := startGateway(t, setup{upstream: up.addr, whole: "{\nadmin ADMIN\n}\nhttp://SITE {\nbind 127.0.0.1\nlinkgate\nreverse_proxy UPSTREAM\n}\nhttp://API {\nbind 127.0.0.1\nlinkgate_admin\n}"})
	tok := g.limited(t, 1)
	g.get(t, "/"+tok.JWT).wantStatus(t, 200)
	g.get(t, "/"+tok.JWT).wantStatus(t, 410)
	up.wantCount(t, 1)
}

func TestTwoSitesShareTheTokens(t *testing.T) {
	t.Parallel()
	up := startRecorder(t, nil)
	g := newGateway(t, setup{})
	second := freePort(t)
	g.write(setup{
		upstream: up.addr, site: "linkgate {\nissuers a b\n}\nreverse_proxy UPSTREAM",
		extra: "http://" + address(second) + " {\nbind 127.0.0.1\nlinkgate {\nissuers b\nfrom header X-Key\nsession off\n}\nreverse_proxy UPSTREAM\n}",
	})
	g.start()
	other := &gateway{site: address(second)}

	onlyA, both := g.mint(t, mint{Issuer: "a", Limit: new(int64(9))}), g.mint(t, mint{Issuer: "b", Limit: new(int64(2))})
	g.get(t, "/"+onlyA.Link).wantStatus(t, 200)
	other.get(t, "/", "X-Key", onlyA.Link).wantStatus(t, 404)
	g.get(t, "/"+both.Link).wantStatus(t, 200)
	if a := other.get(t, "/", "X-Key", both.Link); a.Status != 200 || a.Header.Get("Set-Cookie") != "" {
		t.Errorf("the second site answers %+v", a)
	}
	other.get(t, "/", "X-Key", both.Link).wantStatus(t, 410)
	other.get(t, "/"+both.Link).wantStatus(t, 401) // not where this site looks
	g.wantCounter(t, both.Link, 2)
	g.wantCounter(t, onlyA.Link, 1)
}

func TestAJWTKeyOfTheConfigurationSignsAndTheOldOneStillVerifies(t *testing.T) {
	t.Parallel()
	const key = "an operator's secret of 32 bytes or more"
	up := startRecorder(t, nil)
	g := startGateway(t, setup{upstream: up.addr, env: []string{"LINKGATE_JWT_KEY=" + key}})
	g.secrets.add(key)
	old := g.limited(t, 5)

	g.reload(t, setup{upstream: up.addr, global: "linkgate {\njwt_key k2 {env.LINKGATE_JWT_KEY}\n}"})
	made := g.limited(t, 5)
	g.insist(t, "/"+old.JWT).wantStatus(t, 200)
	g.get(t, "/"+made.JWT).wantStatus(t, 200)
	if header(t, old.JWT) == header(t, made.JWT) {
		t.Error("the new key does not sign")
	}
	if config := g.config(t); strings.Contains(config, key) || !strings.Contains(config, "{env.LINKGATE_JWT_KEY}") {
		t.Errorf("the config dump shows the key, or not its placeholder: %s", config)
	}

	mustRun(t, g.command("linkgate", "retire-key", "--address", g.admin))
	g.get(t, "/"+old.JWT).wantStatus(t, 404)
	g.get(t, "/"+old.Link).wantStatus(t, 200)
	g.get(t, "/"+made.JWT).wantStatus(t, 200)
}

// header is the first part of a JWT.
func header(t *testing.T, jwt string) string {
	t.Helper()
	first, _, ok := strings.Cut(jwt, ".")
	if !ok {
		t.Fatal("no JWT")
	}
	return first
}
