package integration

import (
	"net/http"
	"strings"
	"testing"
)

// copies runs a copy from one gateway to another, and returns what it printed
// and whether it ended well.
func copies(from, to *gateway, fromKind, toKind string, args ...string) (out string, well bool) {
	args = append([]string{
		"linkgate", "copy", "--from", fromKind, "--to", toKind,
		"--from-address", from.admin, "--to-address", to.admin,
	}, args...)
	text, err := from.command(args...).CombinedOutput()
	return string(text), err == nil
}

// wantCopied fails unless a copy ends well and prints a part.
func wantCopied(t *testing.T, from, to *gateway, fromKind, toKind, part string, args ...string) {
	t.Helper()
	out, well := copies(from, to, fromKind, toKind, args...)
	if !well || !strings.Contains(out, part) {
		t.Errorf("the copy ends well: %v, and prints:\n%s", well, out)
	}
	for _, secret := range from.secrets.all() {
		if strings.Contains(out, secret) {
			t.Errorf("the copy shows a secret:\n%s", out)
		}
	}
}

// A store moves from Badger to Redis and back: what was minted, used, changed
// and deleted on the way is the same everywhere, in all its forms.
func TestAStoreMovesToRedisAndBack(t *testing.T) {
	t.Parallel()
	up := startRecorder(t, nil)
	server := startRedis(t)
	old := startGateway(t, setup{upstream: up.addr})
	tok, spent, free := old.limited(t, 10), old.limited(t, 2), old.mint(t, mint{})
	gone := old.limited(t, 5)
	old.uses(t, tok.Link, 3)
	old.uses(t, spent.JWT, 2)
	old.uses(t, free.Link, 4)
	api, secret := old.flexMint(t, map[string]any{})
	b := newBrowser(t, old)
	b.navigate(t, "/"+tok.Link).wantStatus(t, http.StatusOK)

	shared := startGateway(t, setup{upstream: up.addr, global: storeRedis(server.Addr)})
	shared.credential(t)
	wantCopied(t, old, shared, "badger", "redis", "records: taken 6, already there 0,")
	old.wantLine(t, `"logger":"linkgate.audit"`, `"action":"exportTokens"`, `"records":6`)
	shared.wantLine(t, `"logger":"linkgate.audit"`, `"action":"copyTokens"`, `"records":6`)

	// The old one goes on for a while: the copy is made again.
	old.uses(t, tok.Link, 2)
	old.patch(t, free.Link, map[string]any{"state": "disabled"})
	old.remove(t, gone.Link)
	out, well := copies(old, shared, "badger", "redis")
	if well || !strings.Contains(out, "brought up to date 2,") || !strings.Contains(out, "1 tokens are only at the target") {
		t.Errorf("the copy ends well: %v, and prints:\n%s", well, out)
	}
	wantCopied(t, old, shared, "badger", "redis", "pruned 1\n", "--prune")

	// There everything is what it was: links, JWTs, sessions, credentials.
	there := &gateway{t: t, site: shared.site, api: shared.api, founder: old.data, secrets: shared.secrets}
	there.wantCounter(t, tok.Link, 6)
	b.base = "http://" + shared.site
	b.fetch(t, "/a.css").wantStatus(t, http.StatusOK)
	there.get(t, "/"+spent.Link).wantStatus(t, http.StatusGone)
	there.get(t, "/"+free.Link).wantStatus(t, http.StatusForbidden)
	there.get(t, "/"+gone.Link).wantStatus(t, http.StatusNotFound)
	there.uses(t, tok.JWT, 2)
	there.asFlextype(t, api, secret, http.StatusOK)

	// And back, into a new directory and into the old one.
	fresh := startGateway(t, setup{upstream: up.addr})
	fresh.credential(t)
	wantCopied(t, shared, fresh, "redis", "badger", "records: taken 6, already there 0,")
	wantCopied(t, shared, old, "redis", "badger", "brought up to date 2,")
	for _, g := range []*gateway{fresh, old} {
		same := &gateway{t: t, site: g.site, api: g.api, founder: old.data, secrets: old.secrets}
		same.wantCounter(t, tok.Link, 8)
		same.uses(t, tok.JWT, 2)
		same.get(t, "/"+tok.Link).wantStatus(t, http.StatusGone)
	}
}

func TestACopyIsRefusedWhereTheEndsAreOthers(t *testing.T) {
	t.Parallel()
	g := startGateway(t, setup{})
	other := startGateway(t, setup{})
	for says, run := range map[string]func() (string, bool){
		"the target is on badger, not on redis": func() (string, bool) { return copies(g, other, "badger", "redis") },
		"the source is on badger, not on redis": func() (string, bool) { return copies(g, other, "redis", "badger") },
		"one and the same instance":             func() (string, bool) { return copies(g, g, "badger", "badger") },
		"--to is required":                      func() (string, bool) { return copies(g, other, "badger", "") },
	} {
		if out, well := run(); well || !strings.Contains(out, says) {
			t.Errorf("the copy ends well: %v, and prints:\n%s\nwant %s", well, out, says)
		}
	}
}
