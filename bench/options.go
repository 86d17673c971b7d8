package main

import (
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"os/exec"
	"slices"
	"strings"
	"time"
)

// The least that the figures are judged by.
const (
	leastSlices = 30
	leastSlice  = time.Second
)

// What -quick measures unless it is told otherwise.
const (
	quickSlices = 3
	quickSlice  = 300 * time.Millisecond
)

// The stores that the gate is measured on.
const (
	storeBadger = "badger"
	storeRedis  = "redis"
)

// options are what the command line says.
type options struct {
	caddy    string
	workload []workload
	slices   int
	slice    time.Duration
	store    string
	sync     string
	dir      string
	markdown bool
	quick    bool

	// bulk is how many tokens are minted in bulk; 0: the gate is measured.
	bulk int

	// scale are numbers of tokens to measure the store with; none: the gate is
	// measured.
	scale []int

	// revoke is how often it is measured how long a revocation on one gateway
	// takes to hold on another; 0: the gate is measured.
	revoke int

	// redisCost says that it is measured what uses cost a Redis, and not the
	// gate.
	redisCost bool
}

// parseOptions reads the command line and refuses what could not be judged.
func parseOptions(args []string, usage io.Writer) (options, error) {
	var o options
	var only, scale string
	f := flag.NewFlagSet("bench", flag.ContinueOnError)
	f.SetOutput(usage)
	f.StringVar(&o.caddy, "caddy", defaultCaddy(), "the Caddy with Linkgate to measure; also $LINKGATE_CADDY")
	f.StringVar(&only, "case", "all", "what to measure, separated by commas: "+strings.Join(workloadNames(), ", "))
	f.IntVar(&o.slices, "slices", leastSlices, "slices of each site, at least 30")
	f.DurationVar(&o.slice, "slice", leastSlice, "length of a slice, at least 1s")
	f.StringVar(&o.store, "store", storeBadger, "what the gate counts on: badger, or redis, a redis-server of this machine with appendfsync always")
	f.StringVar(&o.sync, "sync", "always", "when the store syncs: always, everysec or no")
	f.StringVar(&o.dir, "dir", os.TempDir(), "where to put the store, in a directory of its own")
	f.BoolVar(&o.markdown, "markdown", false, "print Markdown")
	f.BoolVar(&o.quick, "quick", false, "3 slices of 300ms, without judging the control")
	f.IntVar(&o.bulk, "bulk", 0, "measure minting so many tokens in bulk, and not the gate; a million says most")
	f.StringVar(&scale, "scale", "", "measure stores of so many tokens, separated by commas, and not the gate")
	f.IntVar(&o.revoke, "revoke", 0, "measure so often how long a revocation takes to hold on another gateway on the same Redis, and not the gate; 50 says most")
	f.BoolVar(&o.redisCost, "redis-cost", false, "measure what uses cost a Redis and reckon what it carries, and do not measure the gate")
	if err := f.Parse(args); err != nil {
		return o, err
	}
	if f.NArg() > 0 {
		return o, fmt.Errorf("unknown argument %q", f.Arg(0))
	}
	if o.quick {
		o.hurry(f)
	}
	var err error
	if o.workload, err = chooseWorkloads(only); err != nil {
		return o, err
	}
	if o.scale, err = parseSizes(scale); err != nil {
		return o, err
	}
	return o, o.check()
}

// hurry shortens what was not asked for.
func (o *options) hurry(f *flag.FlagSet) {
	given := map[string]bool{}
	f.Visit(func(set *flag.Flag) { given[set.Name] = true })
	if !given["slices"] {
		o.slices = quickSlices
	}
	if !given["slice"] {
		o.slice = quickSlice
	}
}

func (o *options) check() error {
	if o.bulk < 0 || o.revoke < 0 {
		return errors.New("-bulk and -revoke must not be negative")
	}
	if err := o.checkStore(); err != nil {
		return err
	}
	if o.slices < 1 || o.slice <= 0 {
		return errors.New("-slices and -slice must be positive")
	}
	if !o.quick && (o.slices < leastSlices || o.slice < leastSlice) {
		return fmt.Errorf("fewer than %d slices, or shorter ones than %s, say nothing: use -quick to see that it works",
			leastSlices, leastSlice)
	}
	if !slices.Contains([]string{"always", "everysec", "no"}, o.sync) {
		return fmt.Errorf("-sync: %q is not always, everysec or no", o.sync)
	}
	path, err := exec.LookPath(o.caddy)
	if err != nil {
		return fmt.Errorf("no Caddy to measure (%w): build ./caddy with ./xcaddy.sh, or name another with -caddy or LINKGATE_CADDY", err)
	}
	o.caddy = path
	return nil
}

// checkStore refuses what a store does not have.
func (o *options) checkStore() error {
	modes := 0
	for _, asked := range []bool{o.bulk > 0, len(o.scale) > 0, o.revoke > 0, o.redisCost} {
		if asked {
			modes++
		}
	}
	switch {
	case modes > 1:
		return errors.New("-bulk, -scale, -revoke and -redis-cost exclude each other")
	case o.store != storeBadger && o.store != storeRedis:
		return fmt.Errorf("-store: %q is not %s or %s", o.store, storeBadger, storeRedis)
	case o.store == storeRedis && o.sync != "always":
		return fmt.Errorf("-sync: a gate on Redis refuses tokens with a limit unless the server syncs always, not %s", o.sync)
	case o.store == storeRedis && (o.bulk > 0 || len(o.scale) > 0):
		return errors.New("-bulk and -scale measure the store badger only")
	}
	return nil
}

func defaultCaddy() string {
	if path := os.Getenv("LINKGATE_CADDY"); path != "" {
		return path
	}
	return "./caddy"
}
