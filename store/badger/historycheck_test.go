package badger

import (
	"testing"

	engine "github.com/dgraph-io/badger/v4"

	"github.com/linkgate/linkgate/store"
)

// check looks for contradictions in what the clients saw.
func (w *witness) check(t *testing.T) {
	t.Helper()
	lives := map[int][]event{}
	for _, e := range w.events {
		if e.failed {
			continue
		}
		if e.back {
			if e.known {
				life := w.changes[e.version].life
				lives[life] = append(lives[life], e)
			}
			continue
		}
		w.checkVersion(t, e)
		if !e.known {
			continue
		}
		if e.use && e.admitted && e.limit > 0 && e.counter > e.limit {
			t.Errorf("use %d of %d was admitted", e.counter, e.limit)
		}
		if !e.admitted && e.counter < e.limit {
			t.Errorf("with %d of %d uses gone a use was refused", e.counter, e.limit)
		}
		life := w.changes[e.version].life
		lives[life] = append(lives[life], e)
	}
	for _, events := range lives {
		if w.returns {
			w.checkBounds(t, events)
		} else {
			checkCounters(t, events)
		}
	}
}

func (w *witness) failures() (n int) {
	w.mu.Lock()
	defer w.mu.Unlock()
	for _, e := range w.events {
		if e.failed {
			n++
		}
	}
	return n
}

// consistent expects a counter for every record and a record for every
// counter.
func consistent(t *testing.T, s *Store) {
	t.Helper()
	page, err := s.List(t.Context(), store.Query{WithAdmins: true})
	if err != nil {
		t.Fatal(err)
	}
	err = s.view(t.Context(), func(txn *engine.Txn) error {
		it := txn.NewIterator(engine.IteratorOptions{Prefix: []byte("c/")})
		defer it.Close()
		n := 0
		for it.Rewind(); it.Valid(); it.Next() {
			n++
		}
		if n != len(page.Records) {
			t.Errorf("%d counters for %d records", n, len(page.Records))
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}

// checkVersion expects the record that e saw to be one that was there at some
// instant between its beginning and its end.
func (w *witness) checkVersion(t *testing.T, e event) {
	t.Helper()
	oldest, newest := 0, 0
	for n, c := range w.changes {
		if c.end < e.begin {
			oldest = n
		}
		if c.begin < e.end {
			newest = n
		}
	}
	if e.known {
		if e.version < oldest || e.version > newest {
			t.Errorf("record %d was seen between %d and %d", e.version, oldest, newest)
		}
		return
	}
	for n := oldest; n <= newest; n++ {
		if !w.changes[n].kept {
			return
		}
	}
	t.Errorf("nothing was seen between records %d and %d, which were all there", oldest, newest)
}

// checkCounters expects each count to be given out once, and what began after
// a call had ended to see its count, or a higher one.
func checkCounters(t *testing.T, events []event) {
	t.Helper()
	given := map[int64]bool{}
	for _, e := range events {
		if !e.use || !e.admitted {
			continue
		}
		if given[e.counter] {
			t.Errorf("two uses were given the count %d", e.counter)
		}
		given[e.counter] = true
	}
	for _, a := range events {
		for _, b := range events {
			if a.end >= b.begin {
				continue
			}
			if least := a.counter; b.counter < least || b.use && b.admitted && b.counter == least {
				t.Errorf("count %d was seen after %d (use: %v)", b.counter, a.counter, b.use)
			}
		}
	}
}

// checkBounds expects each count that was seen to be one that some order of the
// uses and of those that were given back can explain.
func (w *witness) checkBounds(t *testing.T, events []event) {
	t.Helper()
	for _, e := range events {
		if e.back {
			continue
		}
		least, most := int64(0), w.unseen(e)
		for _, o := range events {
			surely, perhaps := o.end < e.begin || o == e, o.begin < e.end
			switch {
			case o.use && o.admitted && surely:
				least, most = least+1, most+1
			case o.use && o.admitted && perhaps:
				most++
			case o.back && surely:
				least, most = least-1, most-1
			case o.back && perhaps:
				least--
			}
		}
		if e.counter < least || e.counter > most {
			t.Errorf("count %d was seen, which is not between %d and %d", e.counter, least, most)
		}
	}
}

// unseen is how many uses e may have seen whose answer does not tell: those
// that failed, and those whose token was deleted while they waited.
func (w *witness) unseen(e event) (n int64) {
	for _, o := range w.events {
		if o.use && o.begin < e.end && (o.failed || !o.known && o.end > e.begin) {
			n++
		}
	}
	return n
}

// survives expects that the next life has every use that was answered, and no
// more than were asked for.
func (w *witness) survives(t *testing.T, counter int64) {
	t.Helper()
	var admitted, failed, highest int64
	for _, e := range w.events {
		switch {
		case e.back && e.known:
			admitted--
		case e.use && e.failed:
			failed++
		case e.use && e.admitted:
			admitted++
			if !w.returns {
				highest = max(highest, e.counter)
			}
		}
	}
	if counter < highest || counter < admitted || counter > admitted+failed {
		t.Errorf("the next life has counter %d after %d admitted up to %d, and %d unknown", counter, admitted, highest, failed)
	}
}
