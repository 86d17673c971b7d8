package caddymodule

import (
	"bytes"
	"cmp"
	"crypto/sha256"
	"errors"
	"fmt"
	"hash"
	"iter"
	"slices"

	"github.com/linkgate/linkgate/store"
	"github.com/linkgate/linkgate/store/transfer"
)

// A comparison is how two ends differ. Both digests are over what the source
// has, in the order of creation, so that they are equal where the target has
// all of it, whatever it has besides.
type comparison struct {
	source, target hash.Hash

	keys      int            // that the target has not
	missing   int            // records that the target has not
	different int            // records that are others there
	surplus   []transfer.Sum // plain links that only the target has
	own       int            // credentials that only the target has
}

// verify compares the two ends, after it pruned the target where that is wanted.
func (c *copier) verify() error {
	found, err := c.compare()
	if err == nil && c.prune && len(found.surplus) > 0 {
		if err = c.pruneAll(found.surplus); err == nil {
			found, err = c.compare()
		}
	}
	if err != nil {
		return fmt.Errorf("comparing: %w", err)
	}
	fmt.Fprintf(c.out, "digest of the source %x\ndigest of the target %x\n", found.source.Sum(nil), found.target.Sum(nil))
	if found.own > 0 {
		fmt.Fprintf(c.out, "the target has %d credentials of its own, which stay\n", found.own)
	}
	return found.verdict()
}

// verdict is an error where the two are not the same.
func (f *comparison) verdict() error {
	var whys []error
	if !bytes.Equal(f.source.Sum(nil), f.target.Sum(nil)) {
		whys = append(whys, fmt.Errorf("the digests differ: at the target %d records and keys are missing, and %d records are different. "+
			"The source goes on counting, or the target is in use: take the gates off the source and make the copy again", f.missing+f.keys, f.different))
	}
	if n := len(f.surplus); n > 0 {
		whys = append(whys, fmt.Errorf("%d tokens are only at the target: they were deleted at the source since an earlier copy, or made at the target. "+
			"--prune deletes them", n))
	}
	return errors.Join(whys...)
}

func (c *copier) pruneAll(surplus []transfer.Sum) error {
	pruned := 0
	for some := range slices.Chunk(surplus, store.MaxPage) {
		n, err := c.to.prune(some)
		if pruned += n; err != nil {
			return err
		}
	}
	fmt.Fprintf(c.out, "pruned %d\n", pruned)
	return nil
}

// compare goes through both ends side by side: their order is the same.
func (c *copier) compare() (*comparison, error) {
	f := &comparison{source: sha256.New(), target: sha256.New()}
	if err := f.values(c.from, c.to); err != nil {
		return nil, err
	}
	var failed error
	next, stop := iter.Pull(allSums(c.to, &failed))
	defer stop()
	t, more := next()
	for s := range allSums(c.from, &failed) {
		for more && placeOf(t, s) < 0 {
			f.extra(t)
			t, more = next()
		}
		f.source.Write(s.Sum)
		switch {
		case !more || placeOf(t, s) > 0:
			f.missing++
			continue
		case !bytes.Equal(s.Sum, t.Sum):
			f.different++
		}
		f.target.Write(t.Sum)
		t, more = next()
	}
	for ; more; t, more = next() {
		f.extra(t)
	}
	return f, failed
}

// values compares the keys.
func (f *comparison) values(from, to copyEnd) error {
	source, err := from.valueSums()
	if err != nil {
		return err
	}
	target, err := to.valueSums()
	if err != nil {
		return err
	}
	has := map[string][]byte{}
	for _, v := range target {
		has[v.Name] = v.Value
	}
	for _, v := range source {
		f.source.Write(v.Value)
		f.target.Write(has[v.Name])
		if !bytes.Equal(v.Value, has[v.Name]) {
			f.keys++
		}
	}
	return nil
}

// extra notes a record that only the target has.
func (f *comparison) extra(t transfer.Sum) {
	if t.Credential {
		f.own++
		return
	}
	f.surplus = append(f.surplus, t)
}

func placeOf(a, b transfer.Sum) int {
	return cmp.Or(cmp.Compare(a.Created, b.Created), cmp.Compare(a.Link, b.Link))
}

// allSums are the sums of all records of an end. Where they cannot be read they
// end, with the reason in failed.
func allSums(end copyEnd, failed *error) iter.Seq[transfer.Sum] {
	return func(yield func(transfer.Sum) bool) {
		for after := ""; ; {
			sums, next, err := end.sums(after)
			if err != nil {
				*failed = errors.Join(*failed, err)
				return
			}
			for _, s := range sums {
				if !yield(s) {
					return
				}
			}
			if next == "" {
				return
			}
			after = next
		}
	}
}
