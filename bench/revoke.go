package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"slices"
	"time"
)

// revokeTarget is how long a revocation may take to hold everywhere.
const revokeTarget = 100 * time.Millisecond

const (
	// revokeMost is how long it is waited for at most.
	revokeMost = 10 * time.Second

	// revokeAfter is how often the other gateway is asked again once it has
	// refused: a revocation that holds, holds.
	revokeAfter = 20
)

// A revocation is how long it took until the other gateway refused the token
// for good, since the change was sent and since it was answered. It is asked
// all the time, by one connection.
type revocation struct{ sent, answered time.Duration }

// A revokeCase is one kind of token in one situation.
type revokeCase struct {
	name  string
	limit int64

	// busy has a crowd use another token at the other gateway meanwhile.
	busy bool
}

func revokeCases() []revokeCase {
	return []revokeCase{
		{name: "without a limit, idle"},
		{name: "with a limit, idle", limit: highLimit},
		{name: "without a limit, 64 busy connections", busy: true},
		{name: "with a limit, 64 busy connections", limit: highLimit, busy: true},
	}
}

// benchRevoke disables tokens at one gateway and asks another one on the same
// Redis until it refuses them.
func benchRevoke(ctx context.Context, o options, out, notes io.Writer) (err error) {
	dir, err := os.MkdirTemp(o.dir, "linkgate-bench-")
	if err != nil {
		return fmt.Errorf("making a directory for the store: %w", err)
	}
	defer os.RemoveAll(dir)
	twins, err := startTwins(ctx, o, dir)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, twins.close()) }()
	t := table{columns: []string{"token", "revocations", "median since sent", "worst", "median since answered", "worst", "target"}}
	for _, c := range revokeCases() {
		fmt.Fprintf(notes, "bench: revoke: %s, %d times\n", c.name, o.revoke)
		all, err := twins.revokeAll(ctx, c, o.revoke)
		if err != nil {
			return fmt.Errorf("revoking tokens %s: %w", c.name, err)
		}
		t.add(append([]string{c.name}, revokeCells(all)...)...)
	}
	t.print(out, o.markdown)
	return nil
}

// revokeCells sums up. The target is for the worst, and since the change was
// sent: nobody can ask for more.
func revokeCells(all []revocation) []string {
	var sent, answered []float64
	for _, r := range all {
		sent = append(sent, r.sent.Seconds()*1e3)
		answered = append(answered, r.answered.Seconds()*1e3)
	}
	ms := func(f float64) string { return fmt.Sprintf("%.1f ms", f) }
	worst := slices.Max(sent)
	verdict := "reached"
	if worst > revokeTarget.Seconds()*1e3 {
		verdict = "MISSED"
	}
	return []string{
		fmt.Sprint(len(all)), ms(spreadOf(sent).median), ms(worst), ms(spreadOf(answered).median), ms(slices.Max(answered)),
		fmt.Sprintf("≤ %d ms: %s", revokeTarget.Milliseconds(), verdict),
	}
}

// revokeAll revokes tokens, one after the other.
func (t *twins) revokeAll(ctx context.Context, c revokeCase, times int) ([]revocation, error) {
	w := workload{name: "revoke", connections: crowdSize, tokens: times + 1, limit: c.limit}
	tokens, err := t.api.mint(ctx, w)
	if err != nil {
		return nil, err
	}
	if c.busy {
		crowd := newCrowd(local(t.there.layout.Gate), w, tokens[times:])
		defer keepBusy(crowd)()
	}
	var all []revocation
	for _, one := range tokens[:times] {
		r, err := t.revoke(ctx, one)
		if err != nil {
			return nil, err
		}
		all = append(all, r)
	}
	return all, nil
}

// keepBusy has a crowd ask until the returned function is called.
func keepBusy(c *crowd) (stop func()) {
	quit, over := make(chan struct{}), make(chan struct{})
	go func() {
		defer close(over)
		for {
			select {
			case <-quit:
				return
			default:
				c.ask(100 * time.Millisecond)
			}
		}
	}()
	return func() {
		close(quit)
		<-over
		c.close()
	}
}

// revoke disables a token that is in use at the other gateway.
func (t *twins) revoke(ctx context.Context, one token) (revocation, error) {
	c := newCrowd(local(t.there.layout.Gate), workload{connections: 1}, []token{one}).clients[0]
	defer c.close()
	if err := c.connect(time.Now().Add(revokeMost + patience)); err != nil {
		return revocation{}, err
	}
	if err := c.letIn(3); err != nil { // so often, that the other gateway need not ask Redis about it
		return revocation{}, fmt.Errorf("before it was revoked: %w", err)
	}
	sent := time.Now()
	var answered time.Time
	done := make(chan error, 1)
	go func() {
		err := t.api.call(ctx, http.MethodPatch, "/api/v1/token/"+one.Link, []byte(`{"state":"disabled"}`), new(any))
		answered = time.Now()
		done <- err
	}()
	refused, err := c.untilRefused(sent.Add(revokeMost))
	if err = errors.Join(err, <-done); err != nil {
		return revocation{}, err
	}
	return revocation{refused.Sub(sent), max(0, refused.Sub(answered))}, nil
}

// letIn asks some times and fails unless it is let in each time.
func (c *client) letIn(times int) error {
	for range times {
		status, err := c.exchange()
		if err != nil {
			return err
		}
		if status != http.StatusOK {
			return fmt.Errorf("the gateway answered %d", status)
		}
	}
	return nil
}

// untilRefused asks until it is refused, and some times more.
func (c *client) untilRefused(deadline time.Time) (time.Time, error) {
	status := http.StatusOK
	var err error
	for status == http.StatusOK && err == nil {
		if time.Now().After(deadline) {
			return time.Time{}, fmt.Errorf("it still was let in after %s", revokeMost)
		}
		status, err = c.exchange()
	}
	refused := time.Now()
	for range revokeAfter {
		if err == nil && (status == http.StatusOK || status >= http.StatusInternalServerError) {
			err = fmt.Errorf("once it was revoked, the other gateway answered %d", status)
		}
		if err != nil {
			return time.Time{}, err
		}
		status, err = c.exchange()
	}
	return refused, err
}
