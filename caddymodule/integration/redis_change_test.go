package integration

import (
	"maps"
	"net/http"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"
)

// within is how soon a change has to hold on every gateway.
const within = time.Second

// wantSoon waits until a gateway answers a path with a status, and fails where
// that takes longer than a change may.
func (g *gateway) wantSoon(t *testing.T, path string, status int) {
	t.Helper()
	begin := time.Now()
	for g.get(t, path).Status != status {
		if time.Since(begin) > within {
			t.Errorf("a change on another gateway does not hold after %s: %d is wanted", within, status)
			return
		}
	}
	t.Logf("%d after %s", status, time.Since(begin).Round(100*time.Microsecond))
}

func TestAChangeOnOneGatewayHoldsOnTheOther(t *testing.T) {
	t.Parallel()
	up := startRecorder(t, nil)
	server := startRedis(t)
	group := startGateways(t, 2, setup{upstream: up.addr, global: storeRedis(server.Addr)})
	here, there := group[0], group[1]
	for name, m := range map[string]mint{"with a limit": {Limit: new(int64(1000))}, "without a limit": {}} {
		t.Run(name, func(t *testing.T) {
			tok := here.mint(t, m)
			there.uses(t, tok.Link, 5) // from now on it knows the token
			here.patch(t, tok.Link, map[string]any{"state": "disabled"})
			there.wantSoon(t, "/"+tok.Link, http.StatusForbidden)
			here.patch(t, tok.Link, map[string]any{"state": "enabled"})
			there.wantSoon(t, "/"+tok.Link, http.StatusOK)
			here.patch(t, tok.Link, map[string]any{"cnt": 1})
			there.wantSoon(t, "/"+tok.JWT, http.StatusGone)
			here.patch(t, tok.Link, map[string]any{"cnt": nil})
			there.wantSoon(t, "/"+tok.Link, http.StatusOK)
			here.remove(t, tok.Link)
			there.wantSoon(t, "/"+tok.JWT, http.StatusNotFound)
		})
	}
}

func TestACredentialThatOneGatewaySwitchesOffIsNoneOnTheOther(t *testing.T) {
	t.Parallel()
	server := startRedis(t)
	group := startGateways(t, 2, setup{global: storeRedis(server.Addr)})
	here, there := group[0], group[1]
	id, secret := here.flexMint(t, map[string]any{})
	status := func() int {
		return (&gateway{site: there.api}).get(t, "/api/v1/token/"+id+"?t=link", "X-API-Key", id+"."+secret).Status
	}
	for range 2 { // from the second on it is remembered
		if got := status(); got != http.StatusOK {
			t.Fatalf("the credential got %d", got)
		}
	}
	here.patch(t, id, map[string]any{"state": "disabled"})
	if !eventually(within, func() bool { return status() == http.StatusForbidden }) {
		t.Error("the credential that was switched off still works")
	}
	here.remove(t, id)
	if !eventually(within, func() bool { return status() == http.StatusUnauthorized }) {
		t.Error("the credential that was deleted still works")
	}
}

func TestAKeyThatOneGatewayRetiresIsUnknownOnTheOther(t *testing.T) {
	t.Parallel()
	const key = "an operator's secret of 32 bytes or more"
	up := startRecorder(t, nil)
	server := startRedis(t)
	group := startGateways(t, 2, setup{upstream: up.addr, global: storeRedis(server.Addr), env: []string{"KEY=" + key}})
	here, there := group[0], group[1]
	old := here.mint(t, mint{})
	global := strings.TrimSuffix(storeRedis(server.Addr), "}") + "jwt_key k2 {env.KEY}\n}"
	for _, g := range group {
		g.secrets.add(key)
		g.reload(t, setup{upstream: up.addr, global: global})
	}
	there.insist(t, "/"+old.JWT).wantStatus(t, http.StatusOK)
	mustRun(t, here.command("linkgate", "retire-key", "--address", here.admin))
	there.wantSoon(t, "/"+old.JWT, http.StatusNotFound)
	there.get(t, "/"+old.Link).wantStatus(t, http.StatusOK)
}

// One Idempotency-Key on two gateways at the same time, as where a balancer
// sends the second try to another machine: every row is made once, and whoever
// gets an answer gets the same one.
func TestABulkRequestUnderOneKeyOnTwoGatewaysMakesEachRowOnce(t *testing.T) {
	t.Parallel()
	const rows = 600
	server := startRedis(t)
	group := startGateways(t, 2, setup{global: storeRedis(server.Addr)})
	body := bulkRows(rows)
	lines := make([][]string, len(group))
	var wait sync.WaitGroup
	for i, g := range group {
		wait.Go(func() {
			err := g.bulk(t, "one-key", body, func(line string) bool {
				lines[i] = append(lines[i], line)
				return true
			})
			if err != nil {
				t.Logf("gateway %d: %v", i, err)
			}
		})
	}
	wait.Wait()
	var again []string
	if err := group[0].bulk(t, "one-key", body, func(line string) bool { again = append(again, line); return true }); err != nil || len(again) != rows {
		t.Fatalf("asked again: %d lines, %v", len(again), err)
	}
	for i := range lines {
		for n, line := range lines[i] {
			if strings.Contains(line, `"link"`) && line != again[n] {
				t.Errorf("gateway %d answered row %d with %s, later it is %s", i, n+1, line, again[n])
			}
		}
	}
	made := slices.Collect(maps.Keys(group[1].campaign(t, "bulk")))
	if len(made) != rows {
		t.Errorf("%d tokens were made of %d rows", len(made), rows)
	}
	for _, g := range group {
		g.secrets.add(made...)
	}
}
