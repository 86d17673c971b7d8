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

// options are what the command line says.
type options struct {
	caddy    string
	workload []workload
	slices   int
	slice    time.Duration
	sync     string
	dir      string
	markdown bool
	quick    bool

	// bulk is how many tokens are minted in bulk; 0: the gate is measured.
	bulk int

	// scale are numbers of tokens to measure the store with; none: the gate is
	// measured.
	scale []int
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
	f.StringVar(&o.sync, "sync", "always", "when the store syncs: always, everysec or no")
	f.StringVar(&o.dir, "dir", os.TempDir(), "where to put the store, in a directory of its own")
	f.BoolVar(&o.markdown, "markdown", false, "print Markdown")
	f.BoolVar(&o.quick, "quick", false, "3 slices of 300ms, without judging the control")
	f.IntVar(&o.bulk, "bulk", 0, "measure minting so many tokens in bulk, and not the gate; a million says most")
	f.StringVar(&scale, "scale", "", "measure stores of so many tokens, separated by commas, and not the gate")
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
	if o.bulk < 0 {
		return errors.New("-bulk must not be negative")
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

func defaultCaddy() string {
	if path := os.Getenv("LINKGATE_CADDY"); path != "" {
		return path
	}
	return "./caddy"
}
