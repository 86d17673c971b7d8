package main

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"time"
)

// A bulkFigures is what -bulk measures.
type bulkFigures struct {
	rows int

	// rate and yardstick are records per second, over HTTP and by a bare
	// WriteBatch.
	rate, yardstick float64

	// base and peak are the resident memory of the gateway before and at its
	// most, in bytes.
	base, peak int64

	// quiet and busy are the gate's p99 without and with minting beside it.
	quiet, busy time.Duration
}

// benchBulk mints o.bulk tokens over HTTP, then some more while the gate is
// busy, and writes the same keys and values with a bare WriteBatch.
func benchBulk(ctx context.Context, o options, out, notes io.Writer) (err error) {
	dir, err := os.MkdirTemp(o.dir, "linkgate-bench-")
	if err != nil {
		return fmt.Errorf("making a directory for the store: %w", err)
	}
	defer os.RemoveAll(dir)
	g, err := setStage(ctx, set{caddy: o.caddy, dir: dir, sync: o.sync})
	if err != nil {
		return err
	}
	defer g.upstream.close()
	f, err := measureBulk(ctx, o, g.gateway, notes)
	if err = errors.Join(err, g.stop()); err != nil {
		return err
	}
	fmt.Fprintln(notes, "bench: bulk: the same records with a bare WriteBatch")
	if f.yardstick, err = writeBatchRate(g.layout.Dir, filepath.Join(dir, "yardstick"), o); err != nil {
		return err
	}
	f.print(out)
	return nil
}

func measureBulk(ctx context.Context, o options, g *gateway, notes io.Writer) (f bulkFigures, err error) {
	f.rows = o.bulk
	a, err := openAPI(g.admin(), g.layout.Credential)
	if err != nil {
		return f, err
	}
	w := workload{name: "limited", connections: 8, tokens: 500, limit: highLimit}
	tokens, err := a.mint(ctx, w)
	if err != nil {
		return f, err
	}
	crowd := newCrowd(local(g.layout.Gate), w, tokens)
	defer crowd.close()
	crowd.ask(o.slice) // opens the connections and warms everybody up
	f.quiet = crowd.ask(3 * o.slice).p99

	fmt.Fprintf(notes, "bench: bulk: %d rows over HTTP\n", o.bulk)
	watch := watchMemory(g.command.Process.Pid)
	begin := time.Now()
	err = a.mintBulk(ctx, o.bulk)
	f.rate = float64(o.bulk) / time.Since(begin).Seconds()
	f.base, f.peak = watch()
	if err != nil {
		return f, err
	}

	fmt.Fprintln(notes, "bench: bulk: the gate beside it")
	beside, stop := context.WithCancel(ctx)
	ended := make(chan error, 1)
	go func() { ended <- a.mintBulk(beside, 100*o.bulk) }()
	f.busy = crowd.ask(3 * o.slice).p99
	stop()
	if err := <-ended; !errors.Is(err, context.Canceled) {
		return f, fmt.Errorf("minting beside the gate ended too early: %w", err)
	}
	t := crowd.tally()
	if problems := t.problems(siteNames[gate]); len(problems) > 0 {
		return f, fmt.Errorf("the gate: %v", problems)
	}
	return f, nil
}

// mintBulk mints tokens in one request, and reads the answer meanwhile.
func (a *api) mintBulk(ctx context.Context, rows int) error {
	from, to := io.Pipe()
	go func() { to.CloseWithError(writeBulkRows(to, rows)) }()
	defer from.Close()
	r, err := http.NewRequestWithContext(ctx, http.MethodPost, a.base+"/api/v1/token/bulk", from)
	if err != nil {
		return err
	}
	r.Header.Set("Authorization", "Bearer "+a.credential)
	r.Header.Set("Content-Type", "application/x-ndjson")
	// No timeout: it takes as long as it takes.
	answer, err := http.DefaultTransport.RoundTrip(r)
	if err != nil {
		return fmt.Errorf("minting in bulk: %w", err)
	}
	defer answer.Body.Close()
	lines := bufio.NewScanner(answer.Body)
	n := 0
	for ; lines.Scan(); n++ {
		// A refusal begins with the number of its row.
		if line := lines.Text(); len(line) < len(`{"link":`) || line[:len(`{"link":`)] != `{"link":` {
			return fmt.Errorf("minting in bulk: %s", line)
		}
	}
	if err := lines.Err(); err != nil {
		return fmt.Errorf("minting in bulk: %w", err)
	}
	if n != rows || answer.StatusCode != http.StatusOK {
		return fmt.Errorf("minting in bulk: status %d and %d lines for %d rows", answer.StatusCode, n, rows)
	}
	return nil
}

func writeBulkRows(to io.Writer, rows int) error {
	w := bufio.NewWriterSize(to, 64<<10)
	for i := range rows {
		if _, err := fmt.Fprintf(w, `{"rid":"customer-%08d","url":"https://shop.example/landing/","exp":%d,"iss":%q,"cnt":3}`+"\n",
			i, lifeMinutes, bulkCampaign); err != nil {
			return err
		}
	}
	return w.Flush()
}

// bulkCampaign is the issuer of the tokens that are minted in bulk.
const bulkCampaign = "bench-bulk"

func (f *bulkFigures) print(out io.Writer) {
	const mib = 1 << 20
	fmt.Fprintf(out, "bulk: %d rows at %.0f/s; bare WriteBatch %.0f/s; ratio %.2f\n", f.rows, f.rate, f.yardstick, f.rate/f.yardstick)
	fmt.Fprintf(out, "bulk: resident memory without mapped files %d MiB over its base of %d MiB\n", (f.peak-f.base)/mib, f.base/mib)
	fmt.Fprintf(out, "bulk: p99 of the gate %.2f ms quiet, %.2f ms beside it; ratio %.2f\n",
		f.quiet.Seconds()*1e3, f.busy.Seconds()*1e3, f.busy.Seconds()/f.quiet.Seconds())
}
