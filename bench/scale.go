package main

import (
	"context"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/linkgate/linkgate/store/badger"
)

// A scaleFigures is what -scale measures of a store of one size.
type scaleFigures struct {
	size int

	// uses are those of tokens from all over the store, most of which are not
	// in memory, and busy those of the few that are used over and over, by sync
	// mode.
	uses, busy map[badger.SyncMode]useFigures

	// resident is the memory of a gateway that has just started, in bytes.
	resident int64

	// open is how long opening takes after the gateway was killed under load.
	open time.Duration

	// pages are the times of the first, the middle and the last page of the
	// largest campaign, and of the smallest.
	pages, small [3]time.Duration
}

// A useFigures is the rate of 64 callers that use tokens in turn, and what the
// disk gets for each use.
type useFigures struct{ rate, bytes float64 }

// parseSizes reads a list of numbers of tokens, the smallest first.
func parseSizes(list string) ([]int, error) {
	if list == "" {
		return nil, nil
	}
	var sizes []int
	for text := range strings.SplitSeq(list, ",") {
		n, err := strconv.Atoi(text)
		if err != nil || n < smallCampaign {
			return nil, fmt.Errorf("-scale: %q is no number of tokens from %d on", text, smallCampaign)
		}
		sizes = append(sizes, n)
	}
	slices.Sort(sizes)
	return slices.Compact(sizes), nil
}

// scaleModes are the sync modes that are measured.
var scaleModes = []badger.SyncMode{badger.SyncAlways, badger.SyncEverySecond}

// benchScale measures stores of all sizes, one after the other.
func benchScale(ctx context.Context, o options, out, notes io.Writer) error {
	var all []scaleFigures
	for _, size := range o.scale {
		f, err := measureScale(ctx, o, size, notes)
		if err != nil {
			return err
		}
		all = append(all, f)
	}
	printScale(out, all, o.markdown)
	return nil
}

func newScaleFigures(size int) scaleFigures {
	return scaleFigures{size: size, uses: map[badger.SyncMode]useFigures{}, busy: map[badger.SyncMode]useFigures{}}
}

func measureScale(ctx context.Context, o options, size int, notes io.Writer) (f scaleFigures, err error) {
	dir, err := os.MkdirTemp(o.dir, "linkgate-bench-")
	if err != nil {
		return f, fmt.Errorf("making a directory for the store: %w", err)
	}
	defer os.RemoveAll(dir)
	f = newScaleFigures(size)
	fmt.Fprintf(notes, "bench: scale: making %d tokens\n", size)
	path := filepath.Join(dir, "store")
	if err := fill(ctx, path, size); err != nil {
		return f, err
	}
	for _, mode := range scaleModes {
		fmt.Fprintf(notes, "bench: scale: %d tokens: uses, %s\n", size, mode)
		if err := f.measureUses(ctx, o, path, mode); err != nil {
			return f, err
		}
	}
	fmt.Fprintf(notes, "bench: scale: %d tokens: pages, and a gateway that is killed\n", size)
	if err := f.measurePages(ctx, path); err != nil {
		return f, err
	}
	return f, f.measureGateway(ctx, o, dir)
}

// printScale prints a line for each size; ratios are to the smallest.
func printScale(out io.Writer, all []scaleFigures, markdown bool) {
	line := func(cells ...string) { fmt.Fprintln(out, strings.Join(cells, "  ")) }
	if markdown {
		line = func(cells ...string) { fmt.Fprintln(out, "| "+strings.Join(cells, " | ")+" |") }
	}
	head := []string{"tokens"}
	for _, mode := range scaleModes {
		for _, which := range []string{"all", "busy"} {
			head = append(head, fmt.Sprintf("%s, %s: uses/s", mode, which), "bytes a use")
		}
	}
	head = append(head, "resident", "open after a kill", "pages: first, middle, last", "of a campaign of 1000")
	line(head...)
	if markdown {
		line(slices.Repeat([]string{"---"}, len(head))...)
	}
	for _, f := range all {
		row := []string{strconv.Itoa(f.size)}
		for _, mode := range scaleModes {
			row = append(row, f.uses[mode].cells(all[0].uses[mode])...)
			row = append(row, f.busy[mode].cells(all[0].busy[mode])...)
		}
		line(append(row, fmt.Sprintf("%d MiB", f.resident>>20), fmt.Sprintf("%.2f s", f.open.Seconds()),
			pageTimes(f.pages), pageTimes(f.small))...)
	}
}

// cells shows f, with its rate as a part of that of the smallest store.
func (f useFigures) cells(smallest useFigures) []string {
	return []string{fmt.Sprintf("%.0f (%.2f)", f.rate, f.rate/smallest.rate), fmt.Sprintf("%.0f", f.bytes)}
}

func pageTimes(d [3]time.Duration) string {
	return fmt.Sprintf("%.2f, %.2f, %.2f ms", d[0].Seconds()*1e3, d[1].Seconds()*1e3, d[2].Seconds()*1e3)
}
