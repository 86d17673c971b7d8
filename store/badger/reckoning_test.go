package badger

import "testing"

// Where two compactions had made as many tables, the entry of the one was
// taken for that of the other, whose own entry then seemed to lack tables: the
// database was opened again and again while millions of tokens were made, and
// their merging started anew each time.
func TestTwoCompactionsThatHaveComeAsFarAreToldApart(t *testing.T) {
	t.Parallel()
	for name, steps := range map[string]struct {
		first, second int // entries, one after the other
		between       int // tables that compactor 0 makes between them
		fits          bool
	}{
		"the second makes more":    {first: 3, between: 2, second: 5, fits: true},
		"the second was as far":    {first: 3, second: 3, fits: true},
		"the second lacks a table": {first: 3, between: 2, second: 4},
	} {
		for range 20 { // the order of a map is never the same
			var r reckonings
			r.reset()
			for range 3 {
				r.made(0)
				r.made(1)
			}
			if !r.entered(steps.first) {
				t.Fatalf("%s: the first entry does not fit", name)
			}
			for range steps.between {
				r.made(0)
			}
			if got := r.entered(steps.second); got != steps.fits {
				t.Fatalf("%s: the second entry fits: %t, want %t", name, got, steps.fits)
			}
			if steps.fits && len(r) != 1 {
				t.Fatalf("%s: %d ways are left, want 1", name, len(r))
			}
		}
	}
}

func TestACompactionThatFailedOwesNoTables(t *testing.T) {
	t.Parallel()
	var r reckonings
	r.reset()
	r.made(0)
	r.made(1)
	r.made(1)
	r.failed(1)
	if !r.entered(1) || !r.entered(4) {
		t.Error("what is left is one table, and then nothing that is known of")
	}
}
