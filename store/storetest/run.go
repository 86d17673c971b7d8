// Package storetest is the conformance suite of [store.Store]: everything the
// interface's comments promise, as tests. A backend that passes it can stand
// in for any other.
//
//	func TestStore(t *testing.T) {
//		storetest.Run(t, open, storetest.Options{Reopen: reopen})
//	}
//
// The suite never sets a clock. All its times lie hours away from the present,
// so that a backend may judge by the caller's time or by its own.
package storetest

import (
	"testing"

	"github.com/linkgate/linkgate/store"
)

// Options say what else a backend can do.
type Options struct {
	// Reopen closes s and opens a store on the same data. Set it for stores
	// that outlive the process: they are then tested over restarts as well.
	// Default: not tested.
	Reopen func(t *testing.T, s store.Store) store.Store

	// NoHistories leaves the random histories out, which take longest: for
	// further configurations of a backend that runs them in one already.
	NoHistories bool

	// TotalsLag leaves out what a store cannot promise whose lists are spread
	// over several servers: that a page's total is of the same instant as its
	// records. Once nothing changes any more it has to be.
	TotalsLag bool
}

// Run runs the suite. open returns a new and empty store each time, and closes
// it when the test ends; the suite may have closed it before.
func Run(t *testing.T, open func(t *testing.T) store.Store, opts Options) {
	groups := map[string][]test{
		"use":       useTests,
		"give back": giveBackTests,
		"create":    createTests,
		"update":    updateTests,
		"delete":    deleteTests,
		"delete if": deleteIfTests,
		"list":      listTests,
		"vault":     vaultTests,
		"cancel":    cancelTests,
		"races":     raceTests,
		"ordering":  orderingTests,
		"values":    valueTests,
	}
	if !opts.TotalsLag {
		groups["pages"] = pageTests
	}
	for group, cases := range groups {
		t.Run(group, func(t *testing.T) {
			t.Parallel()
			for _, c := range cases {
				t.Run(c.name, func(t *testing.T) {
					t.Parallel()
					c.run(t, open(t))
				})
			}
		})
	}
	t.Run("close", func(t *testing.T) {
		t.Parallel()
		runClose(t, open)
	})
	if !opts.NoHistories {
		t.Run("histories agree with the rules", func(t *testing.T) {
			t.Parallel()
			runHistories(t, open, opts)
		})
	}
	if opts.Reopen != nil {
		t.Run("restart", func(t *testing.T) {
			t.Parallel()
			runRestart(t, open, opts)
		})
	}
}

// A test is one promise.
type test struct {
	name string
	run  func(t *testing.T, s store.Store)
}
