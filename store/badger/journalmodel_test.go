package badger

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	engine "github.com/dgraph-io/badger/v4"

	"github.com/linkgate/linkgate/store"
)

// A journalModel does things to a store and knows what the counts must be.
type journalModel struct {
	t     *testing.T
	rand  *rand.Rand
	s     *Store
	w     world
	links []string
	used  map[string]int64
	later *atomic.Int64
}

func newJournalModel(t *testing.T, seed uint64) *journalModel {
	t.Helper()
	s, w := inJournal(t, Options{Sync: SyncNo, LiveTokens: journalLen * journalShare})
	return &journalModel{
		t: t, rand: rand.New(rand.NewPCG(seed, 0)), s: s, w: w,
		links: limitedTokens(t, s, 9), used: map[string]int64{}, later: stopClock(t, s),
	}
}

// some picks some tokens, so many at least.
func (m *journalModel) some(least int) []string {
	m.rand.Shuffle(len(m.links), func(i, j int) { m.links[i], m.links[j] = m.links[j], m.links[i] })
	return m.links[:least+m.rand.IntN(len(m.links)-least+1)]
}

func (m *journalModel) together() {
	now := m.some(journalLeast)
	together(m.t, m.s, now...)
	for _, link := range now {
		m.used[link]++
	}
}

// aLot makes the journal come round.
func (m *journalModel) aLot() {
	for range journalLen + 1 {
		m.together()
	}
}

func (m *journalModel) alone() {
	for _, link := range m.some(1) {
		charged(m.t, m.s, link)
		m.used[link]++
	}
}

func (m *journalModel) giveBack() {
	link := m.some(1)[0]
	givenBack(m.t, m.s, charged(m.t, m.s, link))
	eventually(m.t, "that is written", func() bool { return inDatabase(m.t, m.s, link) == m.used[link] })
}

func (m *journalModel) change() {
	change := func(t *store.Token) error { t.RID += "x"; return nil }
	if _, err := m.s.Update(m.t.Context(), m.some(1)[0], change); err != nil {
		m.t.Fatal(err)
	}
}

// renew deletes a token and makes another one with its link.
func (m *journalModel) renew() {
	link := m.some(1)[0]
	if err := m.s.Delete(m.t.Context(), link); err != nil {
		m.t.Fatal(err)
	}
	token := store.Token{Link: link, State: store.Enabled, Limit: 1_000_000}
	if err := m.s.Create(m.t.Context(), store.Record{Token: token}); err != nil {
		m.t.Fatal(err)
	}
	m.used[link] = 0
}

func (m *journalModel) rest() {
	inCommitter(m.t, m.s, func() {
		m.s.journal.last = time.Time{}
		m.s.rest()
	})
}

func (m *journalModel) stop() {
	m.close()
	m.open()
}

func (m *journalModel) open() {
	m.s = open(m.t, m.w.options)
	m.later = stopClock(m.t, m.s)
}

// fail has the commit of a batch fail, before or after it is written, and the
// store recover: the uses are spent.
func (m *journalModel) fail() {
	for _, link := range m.failTogether() {
		m.used[link]++
	}
	m.later.Add(int64(time.Hour))
	eventually(m.t, "it takes writes again", func() bool { return m.s.Health(m.t.Context()) == nil })
}

// failAndCrash has the process die before the store recovers: nobody knows
// whether the uses are spent.
func (m *journalModel) failAndCrash() {
	now := m.failTogether()
	m.w = m.w.torn(m.t)
	_ = m.s.Close() // which cannot write the last uses
	m.open()
	for _, link := range now {
		n := counterOf(m.t, m.s, link)
		if n < m.used[link] || n > m.used[link]+1 {
			m.t.Errorf("got counter %d after %d uses and one that failed", n, m.used[link])
		}
		m.used[link] = n
	}
}

func (m *journalModel) failTogether() []string {
	written, now := m.rand.IntN(2) == 0, m.some(journalLeast)
	release := hold(m.t, m.s)
	var all sync.WaitGroup
	for _, link := range now {
		all.Go(func() { wantUnavailable(m.t, second(m.s.Use(m.t.Context(), store.Attempt{Link: link}))) })
	}
	eventually(m.t, "all wait", func() bool { return waiters(m.s.queue) == len(now) })
	commit, turn := m.s.commit, 0
	m.s.commit = func(txn *engine.Txn, at uint64) (err error) {
		if turn++; turn == 1 { // that of the call that holds the committer
			return commit(txn, at)
		}
		m.s.commit = commit
		if written {
			err = commit(txn, at)
		}
		return errors.Join(err, errors.New("broken"))
	}
	release()
	all.Wait()
	return now
}

func (m *journalModel) crash() {
	m.w = m.w.killed(m.t, m.s)
	m.close()
	m.open()
}

func (m *journalModel) close() {
	if err := m.s.Close(); err != nil {
		m.t.Fatal(err)
	}
}

// TestCrashesFindEveryCount does things to a few tokens in any order, and looks
// after each of them, and after crashes, whether the counts are those of a model.
func TestCrashesFindEveryCount(t *testing.T) {
	t.Parallel()
	for seed := range uint64(3) {
		t.Run(fmt.Sprintf("seed %d", seed), func(t *testing.T) {
			t.Parallel()
			m := newJournalModel(t, seed)
			do := []func(){m.together, m.together, m.aLot, m.alone, m.giveBack, m.change, m.renew, m.rest, m.stop, m.crash, m.fail, m.failAndCrash}
			for range 50 {
				do[m.rand.IntN(len(do))]()
				for link, n := range m.used {
					wantCounts(t, m.s, n, link)
				}
				if t.Failed() {
					return
				}
			}
		})
	}
}
