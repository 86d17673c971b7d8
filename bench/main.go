// Command bench measures what the gate costs on top of a bare reverse_proxy.
//
//	./xcaddy.sh && go run ./bench
//
// It starts one Caddy with three sites in front of one upstream: a bare
// reverse_proxy, a second bare one as control, and the gate before a
// reverse_proxy. The same client asks each of them in turn, one second at a
// time, and the ratios are taken slice by slice, because whole runs on one
// machine spread by more than what is to be measured. "gate/bare" and
// "control/bare" are the median of those ratios, with the middle half in
// brackets; the p99 columns are the median ratio of the slices' 99th
// percentiles, where less is better; the CPU columns are the processor time that
// Caddy takes for an answer, as a share of the bare site's, which a noisy machine
// disturbs least; "uses" is what the gate counted. A case
// is INVALID, and the program ends with status 1, where the control's median
// is not within 3 % of 1 (the machine was not quiet), where one answer was no
// 2xx, and where the counters of the tokens do not say exactly how many
// requests the gate let through. Every request carries the token, to all three
// sites, and sessions are off, so that every request to the gate pays.
//
// `-case` chooses among unlimited (one token without a limit), limited (500
// tokens with one), hot (one token with one), jwt (the signed form of a token
// without a limit, as bearer), each with 64 connections, and single (unlimited
// with one connection). `-sync` is the store's. `-dir` puts the store on
// another disk; one in memory has free syncs, and the heading says so.
// `-markdown` prints for a README. `-quick` takes half a minute and judges the
// answers and the counts only. `-bulk 1000000` measures minting in bulk
// instead: its rate against that of a bare Badger WriteBatch of the same keys
// and values, the gateway's memory meanwhile, and what it does to the gate's
// p99. `-scale 10000,1000000` measures stores of so many tokens: uses of all
// tokens and of 10000 busy ones and what they write, the gateway's memory when
// it has started, opening after a kill, and pages by offset. `-help` lists the
// rest.
//
// `-store redis` measures the gate on a redis-server of this machine (loopback,
// appendfsync always) and, where Debian's nginx, libnginx-mod-http-lua and
// lua-nginx-redis are installed, a fourth site beside it: forward_auth to nginx,
// whose Lua checks and counts the same tokens with one script of the same
// Redis. A second table compares with what is meant to be reached. `-revoke 50`
// measures how long it takes until a token that was disabled at one gateway is
// refused by another one on the same Redis. `-redis-cost` measures what uses
// and tokens cost a Redis, and reckons what a core, a Cluster and a rack carry.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"os/signal"
	"syscall"
)

// What the program ends with.
const (
	exitValid   = 0
	exitInvalid = 1
	exitTrouble = 2 // nothing was measured
)

func main() { os.Exit(run(os.Args[1:], os.Stdout, os.Stderr)) }

// run measures as the arguments say, prints the table to out and tells people
// on notes what goes on meanwhile.
func run(args []string, out, notes io.Writer) int {
	o, err := parseOptions(args, notes)
	if errors.Is(err, flag.ErrHelp) {
		return exitValid
	}
	if err != nil {
		fmt.Fprintln(notes, "bench:", err)
		return exitTrouble
	}
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	if measure := o.instead(); measure != nil {
		if err := measure(ctx, o, out, notes); err != nil {
			fmt.Fprintln(notes, "bench:", err)
			return exitTrouble
		}
		return exitValid
	}
	r, err := bench(ctx, o, notes)
	if err != nil {
		fmt.Fprintln(notes, "bench:", err)
		return exitTrouble
	}
	r.print(out, o.markdown)
	if !r.valid() {
		return exitInvalid
	}
	return exitValid
}

// instead is what is measured and not the gate; nil: the gate is.
func (o *options) instead() func(context.Context, options, io.Writer, io.Writer) error {
	switch {
	case len(o.scale) > 0:
		return benchScale
	case o.bulk > 0:
		return benchBulk
	case o.revoke > 0:
		return benchRevoke
	case o.redisCost:
		return benchRedisCost
	}
	return nil
}
