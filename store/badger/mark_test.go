package badger

import (
	"bytes"
	"os"
	"path/filepath"
	"testing"

	engine "github.com/dgraph-io/badger/v4"

	"github.com/linkgate/linkgate/store"
)

var syncModes = []SyncMode{SyncAlways, SyncEverySecond, SyncNo}

// What happens to a database and is no loss.
func TestNoAlarmWithoutALoss(t *testing.T) {
	t.Parallel()
	for name, happen := range map[string]func(t *testing.T, w, old world) world{
		"nothing at all":                        func(_ *testing.T, w, _ world) world { return w },
		"moved with its mark":                   func(t *testing.T, w, _ world) world { return w.copied(t) },
		"moved without its mark":                func(t *testing.T, w, _ world) world { w = w.copied(t); removeAll(t, w.mark()); return w },
		"the mark is older, after a power cut":  func(t *testing.T, w, old world) world { copyFile(t, old.mark(), w.mark()); return w },
		"one slot is torn":                      func(t *testing.T, w, _ world) world { scribble(t, w.mark(), 40); return w },
		"the other slot is torn":                func(t *testing.T, w, _ world) world { scribble(t, w.mark(), slotGap+40); return w },
		"the first opening was interrupted":     func(t *testing.T, w, _ world) world { interrupt(t, w); return w },
		"it is from before there were marks":    func(t *testing.T, w, _ world) world { forget(t, w); return w },
		"a database and its mark from a backup": func(_ *testing.T, _, old world) world { return old },
	} {
		for _, mode := range []SyncMode{SyncAlways, SyncNo} {
			t.Run(name+", "+string(mode), func(t *testing.T) {
				t.Parallel()
				s, w := newWorld(t, Options{Sync: mode}, 10)
				old := w.copied(t)
				w.use(t, s, 20)
				w = happen(t, w.copied(t), old)
				s = open(t, w.options)
				w.wantSound(t, s)
				s = reopen(t, s, w)
				w.wantSound(t, s)
				if said := readSlot(t, w.mark()); said.had != s.mark.had() || said.joining {
					t.Fatalf("the mark says %+v, want the commit %d", said, s.mark.had())
				}
			})
		}
	}
}

// TestAPowerCutIsNoAlarm plays the worst that a power cut can do to a mark: it
// reached the disk, and the database did not.
func TestAPowerCutIsNoAlarm(t *testing.T) {
	t.Parallel()
	for _, mode := range syncModes {
		for name, boot := range map[string]uint64{"another boot": 1, "a boot without a name": 0} {
			t.Run(string(mode)+", "+name, func(t *testing.T) {
				t.Parallel()
				s, w := newWorld(t, Options{Sync: mode}, 10)
				old := w.copied(t)
				w.use(t, s, 80) // more than are reserved ahead
				said := readSlot(t, w.mark())
				w = w.copied(t)
				w.putBack(t, old)
				said.boot = boot
				f, err := createMark(w.mark(), said)
				if err != nil {
					t.Fatal(err)
				}
				if err := f.Close(); err != nil {
					t.Fatal(err)
				}
				s = open(t, w.options)
				if mode == SyncNo {
					w.wantSound(t, s)
					return
				}
				// What was synced cannot be lost in a power cut.
				w.wantSetBack(t, s)
			})
		}
	}
}

func TestTheMarkIsDownBeforeAUseIsAnswered(t *testing.T) {
	t.Parallel()
	for _, mode := range syncModes {
		t.Run(string(mode), func(t *testing.T) {
			t.Parallel()
			s, w := newWorld(t, Options{Sync: mode}, 0)
			commit, last := s.commit, uint64(0)
			s.commit = func(txn *engine.Txn, at uint64) error {
				if said := readSlot(t, w.mark()); said.had >= at {
					t.Errorf("the mark says %d before that is committed", said.had)
				}
				last = at
				return commit(txn, at)
			}
			// A token for each use: nobody renews a reservation meanwhile.
			for range 20 {
				w.limited = kept(t, s, 1)[0]
				w.use(t, s, 1)
				said := readSlot(t, w.mark())
				if said.had != last {
					t.Fatalf("a use is answered and the mark says %d, want %d", said.had, last)
				}
				if synced := said.synced == last; synced != (mode != SyncNo) {
					t.Fatalf("the mark says that %d is on disk, of %d", said.synced, last)
				}
			}
			if err := s.Close(); err != nil {
				t.Fatal(err)
			}
			if said := readSlot(t, w.mark()); said.synced != said.had || said.had < last {
				t.Fatalf("after an orderly stop the mark says %+v, want that all of it is on disk", said)
			}
		})
	}
}

// Badger forgets deletions, and with them the numbers of their commits, and it
// does not write a commit in which nothing is.
func TestADatabaseWhoseLastCommitsLeaveNothingIsNotBehind(t *testing.T) {
	t.Parallel()
	for name, remove := range map[string]func(t *testing.T, s *Store, links []string){
		"the last tokens": func(t *testing.T, s *Store, links []string) {
			for _, link := range links {
				if err := s.Delete(t.Context(), link); err != nil {
					t.Fatal(err)
				}
			}
		},
		"nothing": func(t *testing.T, s *Store, _ []string) {
			if _, err := s.Keep(t.Context(), "key", []byte("another value")); err != nil {
				t.Fatal(err)
			}
		},
		"a value of the vault": func(t *testing.T, s *Store, _ []string) {
			if err := s.Forget(t.Context(), "key"); err != nil {
				t.Fatal(err)
			}
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := world{options: Options{Path: filepath.Join(t.TempDir(), "db")}}
			s := open(t, w.options)
			links := kept(t, s, 5)
			if _, err := s.Keep(t.Context(), "key", []byte("value")); err != nil {
				t.Fatal(err)
			}
			s = reopen(t, s, w)
			remove(t, s, links)
			if err := s.Close(); err != nil {
				t.Fatal(err)
			}
			compact(t, w.options)
			s = open(t, w.options)
			if n := deletions(t, s); n != 0 {
				t.Fatalf("Badger still has %d deletions: the test tests nothing", n)
			}
			if r := s.Rollback(); r != nil {
				t.Fatalf("noticed: %+v", r)
			}
		})
	}
}

// compact lets Badger forget what it can.
func compact(t *testing.T, o Options) {
	t.Helper()
	if err := o.validate(); err != nil {
		t.Fatal(err)
	}
	db, err := engine.OpenManaged(engineOptions(o).WithCompactL0OnClose(true))
	if err != nil {
		t.Fatal(err)
	}
	db.SetDiscardTs(db.MaxVersion())
	if err := db.Close(); err != nil {
		t.Fatal(err)
	}
}

// deletions counts the deletions that are still in the database.
func deletions(t *testing.T, s *Store) (n int) {
	t.Helper()
	err := s.db.view(func(txn *engine.Txn) error {
		it := txn.NewIterator(engine.IteratorOptions{AllVersions: true})
		defer it.Close()
		for it.Rewind(); it.Valid(); it.Next() {
			if it.Item().IsDeletedOrExpired() {
				n++
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return n
}

func TestASlotIsReadBackAsWrittenOrNotAtAll(t *testing.T) {
	t.Parallel()
	want := slot{turn: 7, owner: [16]byte{1, 2, 3}, boot: 9, had: 11, synced: 10, joining: true}
	text := want.encode()
	if got, ok := decodeSlot(text); !ok || got != want || len(text) != slotLen {
		t.Fatalf("got %+v of %d bytes", got, len(text))
	}
	for bit := range 8 * slotLen {
		bad := bytes.Clone(text)
		bad[bit/8] ^= 1 << (bit % 8)
		if _, ok := decodeSlot(bad); ok {
			t.Fatalf("bit %d is flipped and the slot is taken for whole", bit)
		}
	}
	for n := range slotLen {
		if _, ok := decodeSlot(text[:n]); ok {
			t.Fatalf("%d bytes are taken for a whole slot", n)
		}
	}
}

func readSlot(t *testing.T, path string) slot {
	t.Helper()
	f, err := os.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	out, err := readMark(f)
	if err != nil {
		t.Fatal(err)
	}
	return out
}

func copyFile(t *testing.T, from, to string) {
	t.Helper()
	text, err := os.ReadFile(from)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(to, text, 0o600); err != nil {
		t.Fatal(err)
	}
}

// forget leaves w as a program that knows no marks would have left it.
func forget(t *testing.T, w world) {
	t.Helper()
	removeAll(t, w.mark())
	tamper(t, w.options, func(txn *engine.Txn) error { return txn.Delete(identityKey) })
}

// interrupt leaves w as it would be if its first opening had made the mark and
// gone no further.
func interrupt(t *testing.T, w world) {
	t.Helper()
	forget(t, w)
	f, err := createMark(w.mark(), slot{owner: [16]byte{7}, joining: true})
	if err != nil {
		t.Fatal(err)
	}
	if err := f.Close(); err != nil {
		t.Fatal(err)
	}
}

// A place where no file can be made is passed over for the next one.
func TestAMarkThatCannotBeMadeRefusesLimits(t *testing.T) {
	t.Parallel()
	o := Options{Path: filepath.Join(t.TempDir(), "db")}
	o.Mark = filepath.Join(filepath.Dir(o.Path), "nowhere", "mark")
	w := world{options: o}
	s, lines := w.logs(t)
	w.limited = store.NewLink()
	w.ensureLimited(t, s)
	if s.Rollback() == nil || lines.FilterMessageSnippet("accept-rollback").Len() != 1 {
		t.Fatalf("noticed %v, the log says %v", s.Rollback(), lines.All())
	}
	if _, err := s.AcceptRollback(t.Context()); err == nil {
		t.Fatal("accepted, and there is no mark")
	}
	if err := os.Mkdir(filepath.Dir(o.Mark), 0o700); err != nil {
		t.Fatal(err)
	}
	if _, err := s.AcceptRollback(t.Context()); err != nil {
		t.Fatal(err)
	}
	w.wantSound(t, s)
	s = reopen(t, s, w)
	w.wantSound(t, s)
	if _, err := os.Stat(o.Path + ".mark"); err == nil {
		t.Error("there is a mark beside the database too")
	}
}

func (w world) ensureLimited(t *testing.T, s *Store) {
	t.Helper()
	token := store.Token{Link: w.limited, State: store.Enabled, Limit: 1000}
	if err := s.Create(t.Context(), store.Record{Token: token}); err != nil {
		t.Fatal(err)
	}
}
