package redis

import (
	"encoding/json"
	"fmt"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"go.uber.org/zap"

	"github.com/linkgate/linkgate/store"
)

// A history is what this gateway knows of how far the database had come. The
// database has an epoch, drawn when it was new, and a sequence that grows while
// uses are charged. One that has another epoch, or a lower sequence, than it
// had was set back: emptied, restored from an old copy, or replaced by a
// replica that lacked its latest writes.
type history struct {
	log *zap.Logger

	// charged is set when a use may have been charged, and taken away by the
	// beat that moves the sequence.
	charged atomic.Bool

	// noticed is what was found and not accepted yet.
	noticed atomic.Pointer[store.Rollback]

	// mu guards what follows, and is held from the reading of the database's
	// epoch to its comparison.
	mu    sync.Mutex
	epoch string
	seen  []int64 // the highest of each sequence

	// acked says that a sequence counts as seen only when replicas have it,
	// as uses do: what a failover may lose is no rollback.
	acked bool
	mark  mark
}

// A place in the history of a database, as the database has it.
type place struct {
	epoch string
	prev  []string // the epochs before it, the latest first
	back  string   // what a gateway has noticed
	seqs  []int64
}

// compare learns from where the database is. It reports whether a new epoch
// has begun, of which the counters have to be taken as they are. The caller
// holds the lock.
func (h *history) compare(p place) (begun bool) {
	if p.back != "" {
		h.believe(p.back)
	}
	switch {
	case h.epoch != p.epoch && (h.epoch == "" || slices.Contains(p.prev, h.epoch)):
		begun = h.epoch != ""
		h.epoch, h.seen = p.epoch, p.seqs
		if p.back == "" {
			h.noticed.Store(nil)
		}
	case h.epoch != p.epoch && p.epoch == "":
		h.notice(store.Rollback{Why: "it was emptied", Had: sum(h.seen)})
	case h.epoch != p.epoch:
		h.notice(store.Rollback{Why: "it is another one, or an older one", Had: sum(h.seen), Has: sum(p.seqs)})
	case h.behind(p.seqs):
		h.notice(store.Rollback{Why: "its latest uses are gone", Had: sum(h.seen), Has: sum(p.seqs)})
	case !h.acked || len(h.seen) != len(p.seqs):
		h.seen = p.seqs
	}
	return begun
}

func (h *history) behind(seqs []int64) bool {
	for i := range min(len(seqs), len(h.seen)) {
		if seqs[i] < h.seen[i] {
			return true
		}
	}
	return false
}

func sum(seqs []int64) (total uint64) {
	for _, n := range seqs {
		total += uint64(n)
	}
	return total
}

// notice refuses limited tokens from now on.
func (h *history) notice(r store.Rollback) {
	r.Since = time.Now().UTC()
	if !h.noticed.CompareAndSwap(nil, &r) {
		return
	}
	h.log.Error("the database was set back: uses of tokens with a limit are refused until that is accepted "+
		"with `caddy linkgate accept-rollback`; uses that are missing from the counters can be made again then",
		zap.String("why", r.Why), zap.Uint64("had", r.Had), zap.Uint64("has", r.Has))
}

// believe takes over what another gateway has noticed.
func (h *history) believe(back string) {
	var r store.Rollback
	if err := json.Unmarshal([]byte(back), &r); err != nil {
		r = store.Rollback{Why: "a gateway has noticed it"}
	}
	if h.noticed.CompareAndSwap(nil, &r) {
		h.log.Error("a gateway has noticed that the database was set back: uses of tokens with a limit are refused "+
			"until that is accepted with `caddy linkgate accept-rollback`",
			zap.String("why", r.Why), zap.Time("since", r.Since))
	}
}

// allow returns an error where tokens with a limit must not be charged.
func (h *history) allow() error {
	r := h.noticed.Load()
	if r == nil {
		return nil
	}
	return fmt.Errorf("%w: %w: %s: see `caddy linkgate accept-rollback`", store.ErrUnavailable, store.ErrRolledBack, r.Why)
}
