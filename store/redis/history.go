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

	// accepted is how often a new epoch has begun. What was asked before that
	// says nothing afterwards.
	accepted atomic.Uint64

	// accepting is held while a rollback is accepted.
	accepting sync.Mutex

	// mu guards what follows. It is never held over a command.
	mu    sync.Mutex
	epoch string
	seen  []int64 // the highest of each sequence
	last  place   // what was last compared

	// acked says that a sequence counts as seen only when replicas have it,
	// as uses do: what a failover may lose is no rollback.
	acked bool

	mark mark
}

// A place in the history of a database, as the database has it.
type place struct {
	epoch string
	prev  []string // the epochs before it, the latest first
	back  string   // what a gateway has noticed
	seqs  []int64
}

// An asking is what was known when the database was asked where it is. Its
// answer says nothing about what was learned since.
type asking struct {
	seen     []int64
	accepted uint64
}

func (h *history) ask() asking {
	h.mu.Lock()
	defer h.mu.Unlock()
	return asking{slices.Clone(h.seen), h.accepted.Load()}
}

// known is the epoch that this gateway holds, and what it last saw.
func (h *history) known() (epoch string, last place) {
	h.mu.Lock()
	defer h.mu.Unlock()
	return h.epoch, h.last
}

// accept begins an epoch.
func (h *history) accept(epoch string, seqs []int64) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.epoch, h.seen, h.last = epoch, seqs, place{epoch: epoch}
	h.accepted.Add(1)
	h.noticed.Store(nil)
}

// moved notes that a sequence of an epoch was moved on.
func (h *history) moved(epoch string, part int, n int64) {
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.epoch == epoch && part < len(h.seen) {
		h.seen[part] = max(h.seen[part], n)
	}
}

// compare learns where the database is, or was a moment ago. It reports whether
// a new epoch has begun, of which the counters have to be taken as they are.
func (h *history) compare(p place, asked asking) (begun bool) {
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.accepted.Load() != asked.accepted {
		return false
	}
	h.last = p
	if p.back != "" {
		h.believe(p.back)
	}
	switch {
	case h.epoch != p.epoch && (h.epoch == "" || slices.Contains(p.prev, h.epoch)):
		begun = h.epoch != ""
		h.accepted.Add(1)
		h.epoch, h.seen = p.epoch, slices.Clone(p.seqs)
		if p.back == "" {
			h.noticed.Store(nil)
		}
	case h.epoch != p.epoch && p.epoch == "":
		h.notice(store.Rollback{Why: "it was emptied", Had: sum(h.seen)})
	case h.epoch != p.epoch:
		h.notice(store.Rollback{Why: "it is another one, or an older one", Had: sum(h.seen), Has: sum(p.seqs)})
	case behind(p.seqs, asked.seen):
		h.notice(latestGone(h.seen, p.seqs))
	case !h.acked || len(h.seen) != len(p.seqs):
		h.seen = highest(h.seen, p.seqs)
	}
	return begun
}

// behind reports whether one of the sequences is lower than it was.
func behind(seqs, seen []int64) bool {
	for i := range min(len(seqs), len(seen)) {
		if seqs[i] < seen[i] {
			return true
		}
	}
	return false
}

// highest are the sequences, none of them lower than it was seen.
func highest(seen, seqs []int64) []int64 {
	out := slices.Clone(seqs)
	for i := range min(len(out), len(seen)) {
		out[i] = max(out[i], seen[i])
	}
	return out
}

// latestGone is how it is said that a sequence is lower than it was.
func latestGone(had, has []int64) store.Rollback {
	return store.Rollback{Why: "its latest uses are gone", Had: sum(had), Has: sum(has)}
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

// noticeIn is notice, of what was asked for after so many acceptances.
func (h *history) noticeIn(accepted uint64, r store.Rollback) {
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.accepted.Load() == accepted {
		h.notice(r)
	}
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
