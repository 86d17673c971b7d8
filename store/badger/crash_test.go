package badger_test

import (
	"bufio"
	"bytes"
	"context"
	"io"
	"math/rand/v2"
	"os"
	"os/exec"
	"testing"
	"time"

	"github.com/linkgate/linkgate/store"
	"github.com/linkgate/linkgate/store/badger"
	"github.com/linkgate/linkgate/store/storetest"
)

// The child of a crash test is this test binary with these variables set.
const (
	childPath = "LINKGATE_TEST_CHILD_PATH"
	childLink = "LINKGATE_TEST_CHILD_LINK"
	childFree = "LINKGATE_TEST_CHILD_FREE" // a token without a limit
	childMode = "LINKGATE_TEST_CHILD_MODE"
)

// What the child reports, in order, each after the call has returned. A tick
// says that ten more milliseconds of its life have passed, and a use.
const (
	usedOne  = "u"
	usedFree = "f"
	madeOne  = "m"
	ticked   = "t"
)

// chargers is how many goroutines of the child use the token; one more makes
// records.
const chargers = 9

// late is how many ticks before a kill a use of a token without a limit may
// have been and be lost: the promised tenth of a second. The child's own clock
// is asked because on a busy machine it does not get all of everybody else's
// time.
const late = 10

// chargingChild reports whether this process is the child of a crash test,
// after it has been that. It ends when it is killed, or when nobody reads what
// it reports.
func chargingChild() bool {
	path, link := os.Getenv(childPath), os.Getenv(childLink)
	if path == "" {
		return false
	}
	s, err := badger.Open(badger.Options{Path: path, Sync: badger.SyncMode(os.Getenv(childMode))})
	if err != nil {
		_, _ = io.WriteString(os.Stderr, err.Error())
		os.Exit(1)
	}
	use := func() bool {
		d, err := s.Use(context.Background(), attempt(link))
		return err == nil && d.Admitted()
	}
	for range chargers - 1 {
		go repeat(usedOne, use)
	}
	go repeat(usedOne+ticked, func() bool {
		time.Sleep(10 * time.Millisecond)
		return use()
	})
	go repeat(usedFree, func() bool {
		time.Sleep(200 * time.Microsecond)
		d, err := s.Use(context.Background(), attempt(os.Getenv(childFree)))
		return err == nil && d.Admitted()
	})
	repeat(madeOne, func() bool {
		return s.Create(context.Background(), store.Record{Token: newToken(0)}) == nil
	})
	return true
}

// repeat calls do for a while and reports each time it returned true.
func repeat(report string, do func() bool) {
	for range 1_000_000 {
		if !do() {
			continue
		}
		if _, err := io.WriteString(os.Stdout, report); err != nil {
			os.Exit(0)
		}
	}
}

// A toll is what a child reported before it was killed.
type toll struct {
	used, made, free int64

	// early are the uses of the token without a limit that were reported long
	// enough before the kill to have been written.
	early int64
}

// crash runs a child until it is killed, some ticks after its start.
func crash(t *testing.T, ticks int, env ...string) (out toll) {
	t.Helper()
	child := exec.CommandContext(t.Context(), os.Args[0])
	child.Env = append(os.Environ(), env...)
	var complaint bytes.Buffer
	child.Stderr = &complaint
	reports, err := child.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := child.Start(); err != nil {
		t.Fatal(err)
	}
	var free []int64 // uses without a limit before each tick
	lines := bufio.NewReader(reports)
	for {
		report, err := lines.ReadByte()
		if err != nil {
			break
		}
		switch string(report) {
		case usedOne:
			out.used++
		case madeOne:
			out.made++
		case usedFree:
			out.free++
		case ticked:
			if free = append(free, out.free); len(free) == ticks {
				_ = child.Process.Kill()
			}
		}
	}
	if err := child.Wait(); err == nil || len(free) < ticks {
		t.Fatalf("the child ended before it was killed: %v, %s", err, complaint.String())
	}
	if n := len(free) - late; n >= 0 {
		out.early = free[n]
	}
	return out
}

func TestKillLosesNoUseAndAdmitsNoneTwice(t *testing.T) {
	t.Parallel()
	for _, mode := range []badger.SyncMode{badger.SyncAlways, badger.SyncEverySecond, badger.SyncNo} {
		t.Run(string(mode), func(t *testing.T) {
			t.Parallel()
			o := badger.Options{Path: storetest.MemoryDir(t), Sync: mode}
			s := mustOpen(t, o)
			// More than the rounds can use up, so that each of them is
			// charging when it is killed.
			link, free := mustCreate(t, s, 5_000_000), mustCreate(t, s, store.NoLimit)
			before := state{total: 2}
			for round := range 8 {
				if err := s.Close(); err != nil {
					t.Fatal(err)
				}
				lost := crash(t, 1+5*round+rand.IntN(5), childPath+"="+o.Path, childMode+"="+string(mode), childLink+"="+link, childFree+"="+free)
				s = mustOpen(t, o)
				if r := s.Rollback(); r != nil {
					t.Fatalf("a kill is taken for a loss: %+v", r)
				}
				after := stateOf(t, s, link, free)
				before.compare(t, after, lost, mode)
				before = after
			}
			if before.free == 0 {
				t.Error("no use without a limit was ever written")
			}
			limitStillHolds(t, s, link, before.used)
		})
	}
}

// A state is what a store knows of the tokens of a crash test.
type state struct{ used, free, total int64 }

func stateOf(t *testing.T, s *badger.Store, link, free string) state {
	t.Helper()
	limited, err := s.Get(t.Context(), link)
	if err != nil {
		t.Fatalf("after the kill: %v", err)
	}
	unlimited, err := s.Get(t.Context(), free)
	if err != nil {
		t.Fatalf("after the kill: %v", err)
	}
	page, err := s.List(t.Context(), store.Query{})
	if err != nil {
		t.Fatalf("listing after the kill: %v", err)
	}
	return state{limited.Counter, unlimited.Counter, page.Total}
}

// compare expects after to be what was before and what the child did.
func (before state) compare(t *testing.T, after state, did toll, mode badger.SyncMode) {
	t.Helper()
	unreported := int64(chargers)
	if mode == badger.SyncEverySecond {
		unreported += 64
	}
	if lost := before.used + did.used - after.used; lost > 0 {
		t.Fatalf("%d of %d reported uses are lost", lost, did.used)
	}
	if extra := after.used - before.used - did.used; extra > unreported {
		t.Fatalf("%d uses were charged and not reported by %d callers", extra, chargers)
	}
	if extra := after.total - before.total - did.made; extra < 0 || extra > 1 {
		t.Fatalf("total %d after %d records and %d more", after.total, before.total, did.made)
	}
	if lost := before.free + did.early - after.free; lost > 0 {
		t.Fatalf("without a limit: %d of %d uses that should have been written are lost", lost, did.early)
	}
	if extra := after.free - before.free - did.free; extra > 1 {
		t.Fatalf("without a limit: %d uses more than were reported", extra)
	}
}

// limitStillHolds lowers the limit to a little above the counter and uses the
// token up.
func limitStillHolds(t *testing.T, s store.Store, link string, counter int64) {
	t.Helper()
	_, err := s.Update(t.Context(), link, func(t *store.Token) error { t.Limit = counter + 5; return nil })
	if err != nil {
		t.Fatal(err)
	}
	for n := range 8 {
		d, err := s.Use(t.Context(), attempt(link))
		if err != nil || d.Admitted() != (n < 5) {
			t.Fatalf("use %d of 5 that are left: reason %q, error %v", n+1, d.Reason, err)
		}
	}
}
