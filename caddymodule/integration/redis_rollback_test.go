package integration

import (
	"net/http"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/linkgate/linkgate/store/redis/redistest"
)

// The scenario F-24: everything is flushed while a token is in use, as a link
// and as a JWT, on two gateways.
func TestAFlushAdmitsNobodyAndIsNoticed(t *testing.T) {
	t.Parallel()
	up := startRecorder(t, nil)
	server := startRedis(t)
	s := setup{upstream: up.addr, global: storeRedis(server.Addr)}
	group := startGateways(t, 2, s)
	tok := group[0].limited(t, 100)
	group[0].uses(t, tok.Link, 20)
	group[1].uses(t, tok.JWT, 20)
	streams := []*stream{
		group[0].startStream(t, "/"+tok.Link, 4, 50*time.Millisecond), group[1].startStream(t, "/"+tok.JWT, 4, 50*time.Millisecond),
	}
	server.Do(t, "FLUSHALL")
	flushed := time.Now()
	time.Sleep(time.Second)
	for _, s := range streams {
		s.end()
		if late := with(s.between(flushed, time.Now()), http.StatusOK); len(late) > 0 {
			t.Errorf("%d were admitted after the flush", len(late))
		}
	}
	for _, g := range group {
		if !eventually(5*time.Second, func() bool { return g.rolledBack(t) }) {
			t.Error("a gateway does not notice the flush")
		}
		g.page(t, "http://"+g.api+"/api/v1/health", http.StatusServiceUnavailable)
	}

	// A restart makes a first credential again, and is no way around it.
	group[0].stop()
	group[0].start()
	dir := filepath.Dir(group[0].data)
	group[1].founder, group[0].founder = dir, dir
	again := group[0].limited(t, 1000)
	for _, g := range group {
		g.get(t, "/"+again.Link).wantStatus(t, http.StatusServiceUnavailable)
	}
	out := mustRun(t, group[1].command("linkgate", "accept-rollback", "--address", group[1].admin))
	if !strings.Contains(out, `"status":"accepted"`) {
		t.Errorf("accepting says %s", out)
	}
	for _, g := range group {
		g.wantSoon(t, "/"+again.Link, http.StatusOK)
	}
	group[1].wantLine(t, `"level":"warn"`, "accepted that the token store was set back")
}

// The rest of F-24: the server has no memory left.
func TestARedisWithoutMemoryRefusesUses(t *testing.T) {
	t.Parallel()
	up := startRecorder(t, nil)
	server := startRedis(t)
	g := startGateway(t, setup{upstream: up.addr, global: storeRedis(server.Addr)})
	tok := g.limited(t, 100)
	g.uses(t, tok.Link, 3)
	server.Do(t, "CONFIG", "SET", "maxmemory", "1")
	for range 5 {
		a := g.get(t, "/"+tok.Link)
		if a.Status != http.StatusServiceUnavailable || a.Header.Get("Retry-After") == "" {
			t.Errorf("a use got %d, Retry-After %q", a.Status, a.Header.Get("Retry-After"))
		}
	}
	up.wantCount(t, 3)
	server.Do(t, "CONFIG", "SET", "maxmemory", "0")
	g.wantRecovered(t, "/"+tok.Link, 2*time.Second)
	if c := g.counter(t, tok.Link); c < 4 || c > 9 {
		t.Errorf("the counter is %d", c)
	}
}

// The server is flushed while no gateway runs: the mark tells.
func TestAFlushWhileNoGatewayRunsIsNoticedAtTheNextStart(t *testing.T) {
	t.Parallel()
	up := startRecorder(t, nil)
	server := startRedis(t)
	g := startGateway(t, setup{upstream: up.addr, global: storeRedis(server.Addr)})
	g.uses(t, g.limited(t, 10).Link, 2)
	g.stop()
	server.Do(t, "FLUSHALL")
	g.start()
	tok := g.limited(t, 10)
	g.get(t, "/"+tok.Link).wantStatus(t, http.StatusServiceUnavailable)
	if !g.rolledBack(t) {
		t.Error("the flush is not noticed")
	}
	mustRun(t, g.command("linkgate", "accept-rollback", "--address", g.admin))
	g.get(t, "/"+tok.Link).wantStatus(t, http.StatusOK)
}

// A failoverTest is two gateways on a primary whose replica is cut off, until
// the primary dies and the replica takes its place, at the same address.
type failoverTest struct {
	up               *recorder
	primary, replica *redistest.Server
	toPrimary        *wire // of the gateways
	replication      *wire
	group            []*gateway
	tok              token
}

const (
	failoverLimit = 100
	beforeTheCut  = 20
	duringTheCut  = 59
)

func newFailover(t *testing.T, options ...string) *failoverTest {
	t.Helper()
	f := &failoverTest{up: startRecorder(t, nil), primary: startRedis(t)}
	f.toPrimary, f.replication = newWire(t, f.primary.Addr), newWire(t, f.primary.Addr)
	host, port, _ := strings.Cut(f.replication.addr, ":")
	f.replica = startRedis(t, append(redistest.Durable(), "replicaof "+host+" "+port, "repl-diskless-sync-delay 0")...)
	redistest.Eventually(t, "the replica follows", func() bool {
		return strings.Contains(f.replica.Do(t, "INFO", "replication"), "master_link_status:up")
	})
	f.group = startGateways(t, 2, setup{upstream: f.up.addr, global: storeRedis(f.toPrimary.addr, options...)})
	f.tok = f.group[0].limited(t, failoverLimit)
	f.group[0].uses(t, f.tok.Link, beforeTheCut)
	return f
}

// cut parts the replica from its primary, when it has all that there is.
func (f *failoverTest) cut(t *testing.T) {
	t.Helper()
	redistest.Eventually(t, "the replica has all", func() bool {
		return f.replica.Do(t, "EXISTS", "linkgate:epoch") == "1" &&
			offset(f.primary.Do(t, "INFO", "replication"), "master_repl_offset") == offset(f.replica.Do(t, "INFO", "replication"), "slave_repl_offset")
	})
	f.replication.part()
}

func offset(info, name string) string {
	_, rest, _ := strings.Cut(info, name+":")
	value, _, _ := strings.Cut(rest, "\r\n")
	return value
}

// failOver kills the primary and promotes the replica.
func (f *failoverTest) failOver(t *testing.T) {
	t.Helper()
	f.primary.Kill(t)
	f.replica.Do(t, "REPLICAOF", "NO", "ONE")
	f.toPrimary.lead(f.replica.Addr)
}

// The scenario F-22, without acknowledgements: the replica lacks 59 uses.
func TestAFailoverThatForgetsUsesIsNoticed(t *testing.T) {
	t.Parallel()
	f := newFailover(t)
	f.cut(t)
	f.group[0].uses(t, f.tok.Link, duringTheCut)
	time.Sleep(time.Second) // both gateways have seen how far the primary is
	f.failOver(t)
	excess := -f.up.count()
	s := f.group[0].startStream(t, "/"+f.tok.Link, 2, 20*time.Millisecond)
	other := f.group[1].startStream(t, "/"+f.tok.JWT, 2, 20*time.Millisecond)
	if !eventually(5*time.Second, func() bool { return f.group[0].rolledBack(t) && f.group[1].rolledBack(t) }) {
		t.Errorf("the failover is not noticed after 5 s: %v, %v", f.group[0].rolledBack(t), f.group[1].rolledBack(t))
	}
	noticed := time.Now()
	time.Sleep(time.Second)
	s.end()
	other.end()
	for _, s := range []*stream{s, other} {
		wantOnlyStatus(t, "after it was noticed", s.between(noticed, time.Now()), http.StatusServiceUnavailable)
	}
	excess += f.up.count()
	if excess > 0 {
		t.Errorf("%d were admitted between the failover and its discovery; %d of %d in all", excess, f.up.count(), failoverLimit)
	}
	// What the warning is about: the forgotten uses can be made again.
	mustRun(t, f.group[0].command("linkgate", "accept-rollback", "--address", f.group[0].admin))
	f.group[1].wantSoon(t, "/"+f.tok.Link, http.StatusOK)
}

// The scenario F-22 with replica_acks 1: no use is admitted that the replica
// has not.
func TestAFailoverWithAcknowledgementsForgetsNothing(t *testing.T) {
	t.Parallel()
	// a replica that has just been filled can take its time
	f := newFailover(t, "replica_acks 1", "timeout 3s")
	f.cut(t)
	for range 2 {
		f.group[0].get(t, "/"+f.tok.Link).wantStatus(t, http.StatusServiceUnavailable)
	}
	f.up.wantCount(t, beforeTheCut)
	f.failOver(t)
	// The new primary has no replica yet, and nobody is admitted without one.
	time.Sleep(2 * time.Second)
	f.group[1].get(t, "/"+f.tok.JWT).wantStatus(t, http.StatusServiceUnavailable)
	f.replica.Replica(t, redistest.Durable()...)
	if f.group[0].rolledBack(t) {
		// Uses that nobody was admitted for are gone, and that is noticed.
		mustRun(t, f.group[0].command("linkgate", "accept-rollback", "--address", f.group[0].admin))
	}
	f.group[0].wantRecovered(t, "/"+f.tok.Link, 20*time.Second)
	s := f.group[1].startStream(t, "/"+f.tok.JWT, 4, 10*time.Millisecond)
	if !eventually(20*time.Second, func() bool { return f.group[0].get(t, "/"+f.tok.Link).Status == http.StatusGone }) {
		t.Error("the token is never used up")
	}
	s.end()
	if n := f.up.count(); n > failoverLimit {
		t.Errorf("%d were admitted of %d", n, failoverLimit)
	}
	t.Logf("%d were admitted of %d", f.up.count(), failoverLimit)
}
