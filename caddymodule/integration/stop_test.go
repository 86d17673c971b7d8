package integration

import (
	"strings"
	"testing"
	"time"
)

// The scenario F-16: an orderly stop under load loses nothing at all, charges
// nothing for nobody, and leaves nothing to be replayed.
func TestAStopUnderLoadLosesNoCount(t *testing.T) {
	t.Parallel()
	for _, sync := range []string{"always", "everysec", "no"} {
		t.Run(sync, func(t *testing.T) {
			t.Parallel()
			up := startRecorder(t, nil)
			g := startGateway(t, setup{upstream: up.addr, load: true, global: storeWith("sync " + sync)})
			counted, uncounted := g.limited(t, 1_000_000), g.mint(t, mint{})
			h, free := &history{limit: 1_000_000}, &history{}
			for range 2 {
				l, m := g.startLoad(t, h, 8, "/"+counted.Link), g.startLoad(t, free, 8, "/"+uncounted.Link)
				if !eventually(20*time.Second, func() bool { return l.ok.Load() > 100 && m.ok.Load() > 100 }) {
					t.Error("the clients get nowhere")
				}
				g.stop()
				l.end()
				m.end()
				l.wantNoFailure(t)
				m.wantNoFailure(t)
				g.wantNothingUnwritten(t)
				g.start()
				wantExact(t, up, g, map[*history]string{h: counted.Link, free: uncounted.Link})
			}
			h.check(t, up)
			free.check(t, up)
		})
	}
}

// wantExact fails where a counter is not what reached the upstream.
func wantExact(t *testing.T, up *recorder, g *gateway, links map[*history]string) {
	t.Helper()
	for h, link := range links {
		if a, c := int64(len(h.passages(up))), h.read(t, g, link); a != c {
			t.Errorf("C=%d A=%d should be the same (limit %d)", c, a, h.limit)
		}
	}
}

// wantNothingUnwritten fails where a stopped gateway left a write-ahead log
// for the next start to replay.
func (g *gateway) wantNothingUnwritten(t *testing.T) {
	t.Helper()
	for _, file := range filesIn(t, g.data) {
		if strings.HasSuffix(file, ".mem") {
			t.Errorf("%s is left for the next start to replay", file)
		}
	}
}
