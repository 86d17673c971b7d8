package integration

import (
	"math/rand/v2"
	"testing"
	"time"
)

func TestRecordsAndCountersSurviveARestart(t *testing.T) {
	t.Parallel()
	up := startRecorder(t, nil)
	g := startGateway(t, setup{upstream: up.addr})
	counted, uncounted := g.limited(t, 5), g.mint(t, mint{})
	for range 3 {
		g.get(t, "/"+counted.Link).wantStatus(t, 200)
		g.get(t, "/"+uncounted.JWT).wantStatus(t, 200)
	}
	g.patch(t, uncounted.Link, map[string]any{"state": "disabled"})

	g.stop()
	g.start()

	g.wantCounter(t, counted.Link, 3)
	g.wantCounter(t, uncounted.Link, 3)
	g.get(t, "/"+uncounted.JWT).wantStatus(t, 403)
	g.get(t, "/"+counted.JWT).wantStatus(t, 200) // the key survived too
	g.get(t, "/"+counted.Link).wantStatus(t, 200)
	g.get(t, "/"+counted.Link).wantStatus(t, 410)
	g.wantCounter(t, counted.Link, 5)
	up.wantCount(t, 8)
}

// The scenario F-01: a crash in the middle of a burst never lets more through
// than the limit, and loses no more than what was under way.
func TestAKillInABurstNeverAdmitsTooMany(t *testing.T) {
	t.Parallel()
	const limit, clients = 100, 1000
	up := startRecorder(t, nil)
	g := startGateway(t, setup{upstream: up.addr, load: true})
	for range 4 {
		h, tok := &history{limit: limit}, g.limited(t, limit)
		base, moment := up.count(), rand.Int64N(limit)
		burst := g.startBurst(t, h, clients, "/"+tok.Link)
		eventually(20*time.Second, func() bool { return up.count()-base > moment })
		g.kill()
		burst.end()
		g.start()

		before, counted := up.count()-base, h.read(t, g, tok.Link)
		if ahead, underWay := counted-before, h.count(0); counted < before || ahead > underWay {
			t.Errorf("C=%d A=%d after a crash with %d requests under way", counted, before, underWay)
		}
		g.startBurst(t, h, clients, "/"+tok.Link).end()
		if got, want := up.count()-base-before, limit-counted; got != want {
			t.Errorf("the rest of the token were %d uses, want %d", got, want)
		}
		if got := h.read(t, g, tok.Link); got != limit {
			t.Errorf("the counter ends at %d, want %d", got, limit)
		}
		h.check(t, up)
	}
}

// The scenario F-02: a token whose gateway crashes all the time is still used
// up exactly.
func TestAKillAgainAndAgainNeverAdmitsTooMany(t *testing.T) {
	t.Parallel()
	const limit, clients = 20_000, 64
	for _, c := range []struct {
		sync        string
		kills       int64
		aheadByKill int64
	}{
		{"always", 50, 0},
		{"everysec", 8, 64}, // what may be charged ahead, once the limit is far
		{"no", 4, 0},
	} {
		t.Run(c.sync, func(t *testing.T) {
			t.Parallel()
			up := startRecorder(t, nil)
			g := startGateway(t, setup{upstream: up.addr, load: true, global: storeWith("sync " + c.sync)})
			h, tok := &history{limit: limit, ahead: c.kills * c.aheadByKill}, g.limited(t, limit)
			for range c.kills {
				l := g.startLoad(t, h, clients, "/"+tok.Link)
				moment := rand.Int64N(300)
				eventually(20*time.Second, func() bool { return l.ok.Load() > moment })
				g.kill()
				l.end()
				g.start()
				h.read(t, g, tok.Link)
			}
			arrived, counted := up.count(), h.read(t, g, tok.Link)
			if most := c.kills * (clients + c.aheadByKill); counted-arrived > most {
				t.Errorf("C-A is %d after %d crashes with %d clients", counted-arrived, c.kills, clients)
			}
			g.startLoad(t, h, clients, "/"+tok.Link).untilUsedUp(t, clients)
			if got := h.read(t, g, tok.Link); got != limit {
				t.Errorf("the counter ends at %d, want %d", got, limit)
			}
			h.check(t, up)
		})
	}
}

// A burst of far more requests than there are uses admits exactly the limit.
func TestABurstAdmitsExactlyTheLimit(t *testing.T) {
	t.Parallel()
	const limit, clients = 100, 64
	up := startRecorder(t, nil)
	g := startGateway(t, setup{upstream: up.addr, load: true})
	h, tok := &history{limit: limit}, g.limited(t, limit)
	l := g.startLoad(t, h, clients, "/"+tok.Link)
	l.untilUsedUp(t, 500)
	l.wantNoFailure(t)
	if s, a, c := l.ok.Load(), up.count(), h.read(t, g, tok.Link); s != limit || a != limit || c != limit {
		t.Errorf("S=%d A=%d C=%d, want %d each", s, a, c, limit)
	}
	h.check(t, up)
}
