package badger

import (
	"errors"
	"os"
	"path/filepath"
	"sync/atomic"
	"testing"
	"time"

	"go.uber.org/zap"
	"go.uber.org/zap/zaptest/observer"

	"github.com/linkgate/linkgate/store"
)

// A gauge is a file system that has as much room as a test says.
type gauge struct{ free atomic.Int64 }

// The states of the disk in these tests, which has 100 GiB.
const (
	roomy = 50 << 30
	low   = 200 << 20 // below the mark, and enough to close
	full  = 0
)

func (g *gauge) stat(string) (volume, error) {
	return volume{total: 100 << 30, free: g.free.Load()}, nil
}

// openGauged opens a store on a disk with room, and counts its commits.
func openGauged(t *testing.T) (*Store, *faulty, *gauge, *observer.ObservedLogs) {
	t.Helper()
	g := &gauge{}
	g.free.Store(roomy)
	core, logs := observer.New(zap.InfoLevel)
	s, f := open(t, Options{Path: t.TempDir(), Logger: zap.New(core), stat: g.stat}), &faulty{}
	s.commit, s.now = f.commit, func() time.Time { return time.Unix(0, f.clock.Load()) }
	f.pass(time.Hour)
	return s, f, g, logs
}

func TestBelowTheMarkNothingIsWritten(t *testing.T) {
	t.Parallel()
	for name, free := range map[string]int64{"below the mark": low, "full": full} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s, f, g, logs := openGauged(t)
			a := store.Attempt{Link: kept(t, s, 1)[0]}
			if _, err := s.Use(t.Context(), a); err != nil {
				t.Fatal(err)
			}
			before, commits := s.db.engine, f.commits.Load()

			g.free.Store(free)
			for range 3 {
				err := second(s.Use(t.Context(), a))
				wantUnavailable(t, err)
				if !errors.Is(err, ErrNoSpace) && !errors.Is(err, errDown) {
					t.Errorf("the error does not say why: %v", err)
				}
				wantUnavailable(t, s.Create(t.Context(), store.Record{Token: store.Token{Link: store.NewLink()}}))
				wantUnavailable(t, s.Health(t.Context()))
				if _, err := s.Get(t.Context(), a.Link); err != nil {
					t.Errorf("reading is refused too: %v", err)
				}
				f.pass(probeEvery)
			}
			if n := f.commits.Load() - commits; free == full && n != 0 {
				t.Errorf("%d commits on a full disk", n)
			}

			g.free.Store(roomy)
			f.pass(probeEvery)
			d, err := s.Use(t.Context(), a)
			if err != nil || d.Counter != 3 {
				t.Fatalf("afterwards: got counter %d, error %v; want 3: what was refused at the mark is spent", d.Counter, err)
			}
			if s.db.engine != before {
				t.Error("the database was reopened: it was not in the way")
			}
			if err := s.Health(t.Context()); err != nil {
				t.Errorf("Health: %v", err)
			}
			for _, text := range []string{"free space is below the mark; uses are refused until there is more", "free space is above the mark again; uses are counted"} {
				if n := logs.FilterMessage(text).Len(); n != 1 {
					t.Errorf("the log says %q %d times, want once", text, n)
				}
			}
		})
	}
}

func TestTheMarkIsNotLeftWithTheFirstFreeByte(t *testing.T) {
	t.Parallel()
	g := &gauge{}
	s := &space{dir: t.TempDir(), log: zap.NewNop(), memTable: memTableSize, stat: g.stat}
	mark := int64(2*memTableSize + tablesMost)
	for _, step := range []struct {
		free int64
		ok   bool
	}{{mark, true}, {mark - 1, false}, {mark, false}, {mark + mark/markPart - 1, false}, {mark + mark/markPart, true}, {mark, true}} {
		g.free.Store(step.free)
		if err := s.check(time.Now()); (err == nil) != step.ok {
			t.Errorf("with %d bytes more than the mark: %v", step.free-mark, err)
		}
	}
}

func TestTheMarkFitsTheDisk(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		total, tables, table, want int64
	}{
		"a large disk":                        {1 << 40, 0, 16 << 20, 288 << 20},
		"a large disk and many tables":        {1 << 40, 1 << 30, 16 << 20, 288 << 20},
		"a disk of a gigabyte":                {1 << 30, 0, 16 << 20, 96 << 20},
		"a disk of a gigabyte, half of it":    {1 << 30, 512 << 20, 16 << 20, 288 << 20},
		"a small disk and a small table":      {48 << 20, 0, 8 << 20, 19 << 20},
		"a small disk with as much as tables": {48 << 20, 5 << 20, 8 << 20, 21 << 20},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			dir := t.TempDir()
			if err := os.WriteFile(filepath.Join(dir, "000001.sst"), nil, 0o600); err != nil {
				t.Fatal(err)
			}
			if err := os.Truncate(filepath.Join(dir, "000001.sst"), c.tables); err != nil {
				t.Fatal(err)
			}
			s := &space{dir: dir, memTable: c.table, stat: func(string) (volume, error) { return volume{total: c.total}, nil }}
			if _, mark, err := s.measure(time.Now()); err != nil || mark != c.want {
				t.Errorf("the mark is %d MiB, error %v; want %d MiB", mark>>20, err, c.want>>20)
			}
		})
	}
}

func TestADiskThatSaysNothingHasNoMark(t *testing.T) {
	t.Parallel()
	s := open(t, Options{Path: t.TempDir(), stat: func(string) (volume, error) { return volume{}, nil }})
	if _, err := s.Use(t.Context(), store.Attempt{Link: kept(t, s, 1)[0]}); err != nil {
		t.Error(err)
	}
}

func TestOpeningBelowTheMarkTouchesNothing(t *testing.T) {
	t.Parallel()
	g, dir := &gauge{}, t.TempDir()
	g.free.Store(low)
	s, err := Open(Options{Path: dir, stat: g.stat})
	if !errors.Is(err, ErrNoSpace) || !errors.Is(err, store.ErrUnavailable) {
		t.Fatalf("Open: got %v, %v; want ErrNoSpace and ErrUnavailable", s, err)
	}
	if files, err := os.ReadDir(dir); err != nil || len(files) > 0 {
		t.Errorf("it left %v, error %v", files, err)
	}
	g.free.Store(roomy)
	kept(t, open(t, Options{Path: dir, stat: g.stat}), 1)
}

// What was counted in memory when the mark was reached is written while there
// is still some room for it.
func TestCountsAreSavedAtTheMark(t *testing.T) {
	t.Parallel()
	s, f, g, _ := openGauged(t)
	token := store.Token{Link: store.NewLink(), RID: "rid", State: store.Enabled, Limit: store.NoLimit, Created: time.Now(), Modified: time.Now()}
	if err := s.Create(t.Context(), store.Record{Token: token}); err != nil {
		t.Fatal(err)
	}
	g.free.Store(low)
	for range 5 {
		if _, err := s.Use(t.Context(), store.Attempt{Link: token.Link}); err != nil && !errors.Is(err, store.ErrUnavailable) {
			t.Fatal(err)
		}
	}
	used := counterOf(t, s, token.Link)
	for deadline := time.Now().Add(20 * time.Second); ; time.Sleep(5 * time.Millisecond) {
		i, _ := parseID(token.Link)
		if r, err := s.readID(i); err == nil && r.counter == used {
			break
		}
		if time.Now().After(deadline) {
			t.Fatal("the counts wait in memory for a disk that gets no emptier")
		}
		f.pass(probeEvery)
	}
}

// Closing writes a table. On a full disk it does not: what is there is as
// after a crash, and nothing is lost.
func TestClosingOnAFullDiskWritesNothing(t *testing.T) {
	t.Parallel()
	s, _, g, logs := openGauged(t)
	link := kept(t, s, 1)[0]
	for range 3 {
		if _, err := s.Use(t.Context(), store.Attempt{Link: link}); err != nil {
			t.Fatal(err)
		}
	}
	g.free.Store(full)
	if err := s.Close(); err != nil {
		t.Fatalf("Close: %v", err)
	}
	dir := s.db.options.Dir
	if tables, err := filesIn(dir, ".sst"); err != nil || len(tables) > 0 {
		t.Errorf("it wrote %d tables, error %v", len(tables), err)
	}
	if logs.FilterMessageSnippet("left as after a crash").Len() != 1 {
		t.Errorf("the log does not say so: %v", logs.All())
	}
	elsewhere := t.TempDir()
	if err := os.CopyFS(elsewhere, os.DirFS(dir)); err != nil {
		t.Fatal(err)
	}
	if n := counterOf(t, open(t, Options{Path: elsewhere}), link); n != 3 {
		t.Errorf("the counter is %d, want 3", n)
	}
	// lets go of the files and the lock
	if err := s.db.close(); err != nil {
		t.Error(err)
	}
}

// The replay of a log ends the process where it does not fit into the table.
func TestASmallDiskGetsSmallTablesUnlessALogIsLarge(t *testing.T) {
	t.Parallel()
	small := func(string) (volume, error) { return volume{total: 100 << 20, free: 90 << 20}, nil }
	for name, c := range map[string]struct{ log, want int64 }{
		"no log":           {-1, smallMemTable},
		"an empty one":     {0, smallMemTable},
		"a small one":      {2 * smallMemTable, smallMemTable},
		"a large one":      {2 * memTableSize, memTableSize},
		"one that was cut": {12345, memTableSize},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			dir := t.TempDir()
			if c.log >= 0 {
				if err := os.WriteFile(filepath.Join(dir, "00001.mem"), make([]byte, c.log), 0o600); err != nil {
					t.Fatal(err)
				}
			}
			s, err := newSpace(Options{Path: dir, Logger: zap.NewNop(), stat: small})
			if err != nil || s.memTable != c.want {
				t.Errorf("got %d MiB, error %v; want %d MiB", s.memTable>>20, err, c.want>>20)
			}
		})
	}
}
