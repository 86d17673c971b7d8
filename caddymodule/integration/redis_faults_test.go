package integration

import (
	"net/http"
	"strings"
	"testing"
	"time"
)

// slack is what a loaded machine adds to a wait.
const slack = 500 * time.Millisecond

// The scenario F-18: the server is killed under load, in the middle of a
// rewrite of its log, and comes back.
func TestARedisThatIsKilledUnderLoadLosesNoUse(t *testing.T) {
	t.Parallel()
	const limit = 20_000
	up := startRecorder(t, nil)
	server := startRedis(t)
	group := startGateways(t, 2, setup{upstream: up.addr, global: storeRedis(server.Addr), load: true})
	tok := group[0].limited(t, limit)
	streams := make([]*stream, len(group))
	for i, g := range group {
		streams[i] = g.startStream(t, "/"+tok.Link, 16, 10*time.Millisecond)
	}
	time.Sleep(time.Second)
	server.Do(t, "BGREWRITEAOF")
	server.Kill(t)
	down := time.Now()
	time.Sleep(1500 * time.Millisecond)
	back := time.Now()
	server.Restart(t)
	for _, g := range group {
		g.wantRecovered(t, "/"+tok.Link, 3*time.Second)
	}
	time.Sleep(time.Second)
	for _, s := range streams {
		s.end()
		wantOnlyStatus(t, "while the server was down", s.between(down.Add(50*time.Millisecond), back), http.StatusServiceUnavailable)
		if took := percentile(with(s.all(), http.StatusServiceUnavailable), 1); took > time.Second+slack {
			t.Errorf("a 503 took %s", took)
		}
		wantNobodyPassed(t, with(s.all(), http.StatusServiceUnavailable), up)
	}
	admitted, counted := up.count(), group[0].counter(t, tok.Link)
	t.Logf("%d admitted, %d counted", admitted, counted)
	if admitted > counted || counted > limit || counted-admitted > 2*16*2 {
		t.Errorf("%d were admitted and %d counted", admitted, counted)
	}
	if group[0].rolledBack(t) {
		t.Error("a crash alone is taken for a rollback")
	}
}

// The scenario F-20: the server stops for ten seconds and goes on.
func TestARedisThatHangsRefusesAtOnceAndAdmitsNobodyLater(t *testing.T) {
	t.Parallel()
	const connections = 50
	up := startRecorder(t, nil)
	server := startRedis(t)
	g := startGateways(t, 1, setup{upstream: up.addr, global: storeRedis(server.Addr), load: true})[0]
	tok, free := g.limited(t, 1_000_000), g.mint(t, mint{})
	s := g.startStream(t, "/"+tok.Link, connections, 100*time.Millisecond)
	unlimited := g.startStream(t, "/"+free.Link, 4, 100*time.Millisecond)
	time.Sleep(time.Second)
	before := g.goroutines(t)
	server.Stop(t)
	stopped := time.Now()
	time.Sleep(2 * time.Second)
	frozen := up.count()
	most := 0
	for time.Since(stopped) < 10*time.Second {
		most = max(most, g.goroutines(t))
		time.Sleep(500 * time.Millisecond)
	}
	if n := up.count(); n != frozen {
		t.Errorf("%d were admitted while the server stood still", n-frozen)
	}
	going := time.Now()
	server.Cont(t)
	g.wantRecovered(t, "/"+tok.Link, 2*time.Second)
	time.Sleep(time.Second)
	s.end()
	unlimited.end()

	refused := with(s.between(stopped, going), http.StatusServiceUnavailable)
	wantOnlyStatus(t, "while the server stood still", s.between(stopped.Add(50*time.Millisecond), going.Add(-50*time.Millisecond)), http.StatusServiceUnavailable)
	wantOnlyStatus(t, "without a limit, when nobody can tell of a revocation", unlimited.between(stopped.Add(time.Second+slack), going.Add(-50*time.Millisecond)), http.StatusServiceUnavailable)
	wantNobodyPassed(t, refused, up)
	if took := percentile(refused, 0.99); took > time.Second+100*time.Millisecond {
		t.Errorf("99 of 100 refusals took up to %s", took)
	}
	if most > before+connections+200 {
		t.Errorf("%d goroutines pile up, from %d", most, before)
	}
	admitted := int64(len(with(s.all(), http.StatusOK))) + 1 // and wantRecovered's
	counted := g.counter(t, tok.Link)
	t.Logf("%d refused, 99 of 100 within %s; %d admitted, %d counted; %d goroutines, then %d",
		len(refused), percentile(refused, 0.99), admitted, counted, before, most)
	if counted < admitted || counted-admitted > connections+int64(len(refused)) {
		t.Errorf("%d were admitted and %d counted", admitted, counted)
	}
}

// The scenario F-21: for three seconds the answers of the server are held up.
func TestAUseWhoseAnswerComesTooLateIsCountedOnceAtMost(t *testing.T) {
	t.Parallel()
	const limit = 1000
	up := startRecorder(t, nil)
	server := startRedis(t)
	line := newWire(t, server.Addr)
	g := startGateways(t, 1, setup{upstream: up.addr, global: storeRedis(line.addr), load: true})[0]
	tok := g.limited(t, limit)
	s := g.startStream(t, "/"+tok.Link, 1, 5*time.Millisecond)
	time.Sleep(time.Second)
	line.toClient.close()
	held := time.Now()
	time.Sleep(3 * time.Second)
	line.toClient.open()
	released := time.Now()
	time.Sleep(2 * time.Second)
	s.end()
	wantOnlyStatus(t, "while the answers were held", s.between(held.Add(50*time.Millisecond), released.Add(-50*time.Millisecond)), http.StatusServiceUnavailable)
	wantNobodyPassed(t, with(s.all(), http.StatusServiceUnavailable), up)
	if len(with(s.between(released.Add(time.Second), time.Now()), http.StatusOK)) == 0 {
		t.Error("nobody is served afterwards")
	}
	admitted, counted := up.count(), g.counter(t, tok.Link)
	unknown := int64(len(with(s.all(), http.StatusServiceUnavailable)))
	t.Logf("%d admitted, %d counted, %d refused", admitted, counted, unknown)
	// One client has one request under way when the answers stop.
	if counted < admitted || counted-admitted > 2 {
		t.Errorf("%d were admitted and %d counted", admitted, counted)
	}
}

// The scenario F-23: one gateway is cut off from the server.
func TestAGatewayThatIsCutOffDecidesNothingByItself(t *testing.T) {
	t.Parallel()
	const limit = 100_000
	cutUp, wellUp := startRecorder(t, nil), startRecorder(t, nil)
	server := startRedis(t)
	line := newWire(t, server.Addr)
	well := startGateway(t, setup{upstream: wellUp.addr, global: storeRedis(server.Addr), load: true})
	shareCredential(t, []*gateway{well})
	alone := startGateway(t, setup{upstream: cutUp.addr, global: storeRedis(line.addr), load: true})
	tok, free := well.limited(t, limit), well.mint(t, mint{})
	all := map[*gateway]*stream{}
	for _, g := range []*gateway{well, alone} {
		all[g] = g.startStream(t, "/"+tok.Link, 8, 20*time.Millisecond)
	}
	unlimited := alone.startStream(t, "/"+free.Link, 2, 50*time.Millisecond)
	begin := time.Now()
	time.Sleep(2 * time.Second)
	line.part()
	parted := time.Now()
	time.Sleep(10 * time.Second)
	line.heal()
	healed := time.Now()
	alone.wantRecovered(t, "/"+tok.Link, 3*time.Second)
	time.Sleep(time.Second)
	for _, s := range all {
		s.end()
	}
	unlimited.end()

	during := all[alone].between(parted.Add(50*time.Millisecond), healed.Add(-50*time.Millisecond))
	wantOnlyStatus(t, "of the gateway that is cut off", during, http.StatusServiceUnavailable)
	wantNobodyPassed(t, during, cutUp)
	wantOnlyStatus(t, "without a limit, a second later", unlimited.between(parted.Add(time.Second+slack), healed.Add(-50*time.Millisecond)), http.StatusServiceUnavailable)
	wantOnlyStatus(t, "of the other gateway", all[well].all(), http.StatusOK)
	usual, then := percentile(all[well].between(begin, parted), 0.99), percentile(all[well].between(parted, healed), 0.99)
	t.Logf("99 of 100 answers of the other gateway within %s before and %s during the partition", usual, then)
	if then > 2*usual+slack {
		t.Errorf("the other gateway takes %s instead of %s", then, usual)
	}
	admitted := int64(len(with(all[well].all(), http.StatusOK)) + len(with(all[alone].all(), http.StatusOK)) + 1)
	counted := well.counter(t, tok.Link)
	t.Logf("%d admitted, %d counted", admitted, counted)
	if counted < admitted || counted-admitted > 2*8 {
		t.Errorf("%d were admitted and %d counted", admitted, counted)
	}
}

// rolledBack reports what the metrics say.
func (g *gateway) rolledBack(t *testing.T) bool {
	t.Helper()
	return strings.Contains(g.fromAdmin(t, "/metrics"), "caddy_linkgate_rolled_back 1\n")
}
