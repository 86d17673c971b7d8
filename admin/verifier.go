package admin

import (
	"context"
	"errors"
	"sync"
	"time"

	"github.com/linkgate/linkgate/admin/budget"
	"github.com/linkgate/linkgate/store"
)

const (
	// loginFailures and loginWindow are the failure budget of one client.
	loginFailures = 20
	loginWindow   = time.Minute

	// hashesAtOnce is how many secrets are hashed at one time. Each takes a
	// core for some 80 ms, and the rest of the machine is for proxying.
	hashesAtOnce = 1

	// hashQueue is how many more may wait for their turn.
	hashQueue = 8

	// workQueue is how many callers who have proved who they are may wait for
	// a hash of their own: some 5 s of work.
	workQueue = 64

	// dummyHash takes the place of a hash that is missing, so that an answer
	// comes no sooner for an id that is unknown. No secret is accepted by it.
	dummyHash = "$2y$10$" + "abcdefghijklmnopqrstuu" + "abcdefghijklmnopqrstuvwxyz01234"
)

// A verifier finds out whether secrets are right, without letting anybody
// keep the machine busy: few hashes at a time, few in the queue, few wrong
// guesses per client, and a memory for what was right a moment ago.
type verifier struct {
	compare func(hash, secret string) bool
	cost    int // of new hashes
	seen    *cache
	budget  *budget.Budget

	queue   chan struct{} // a place per login under way or waiting
	works   chan struct{} // a place per other hash under way or waiting
	running chan struct{} // a place per hash under way

	mu      sync.Mutex
	flights map[cacheKey]*flight
}

// A check is a secret and the hash that it shall fit.
type check struct {
	key    cacheKey
	secret string
	hash   string

	// hopeless is set where there is no hash to fit: the work is done all the
	// same, and in vain.
	hopeless bool
}

// A login is who wants a secret checked, and when.
type login struct {
	client string
	now    time.Time
}

// A flight is one hash under way that others with the same check wait for.
type flight struct {
	done chan struct{}
	err  error
}

func newVerifier() *verifier {
	return &verifier{
		compare: compareSecret,
		cost:    hashCost,
		seen:    newCache(),
		budget:  budget.New(loginFailures, loginWindow),
		queue:   make(chan struct{}, hashesAtOnce+hashQueue),
		works:   make(chan struct{}, workQueue),
		running: make(chan struct{}, hashesAtOnce),
		flights: map[cacheKey]*flight{},
	}
}

// examine says what has to be checked of a credential whose record is t, or
// nil where there is none.
func (v *verifier) examine(c credential, t *store.Token) check {
	out := check{secret: c.secret, hash: dummyHash, hopeless: true}
	if t != nil && hashForm.MatchString(t.HashedAccessToken) {
		out.hash, out.hopeless = t.HashedAccessToken, false
	}
	out.key = v.seen.key(c, t)
	return out
}

// knows reports whether the same check went well a moment ago. A client whose
// budget is spent is still known: a flood from its address shall not lock out
// who works there.
func (v *verifier) knows(k check, now time.Time) bool {
	return !k.hopeless && v.seen.has(k.key, now)
}

// verify returns nil where the secret is right, and a problem where it is
// wrong or where it cannot be found out now. Calls with one and the same check
// share one hash.
func (v *verifier) verify(ctx context.Context, k check, by login) error {
	for {
		if err := v.spent(by); err != nil {
			return err
		}
		f, mine := v.join(k.key)
		if mine {
			return v.lead(ctx, f, k, by)
		}
		select {
		case <-f.done:
		case <-ctx.Done():
			return ctx.Err()
		}
		switch {
		case f.err == nil:
			return nil
		case errors.Is(f.err, errWrongSecret):
			return v.fail(by)
		}
		// Whoever led gave up for a reason of his own. It is our turn.
	}
}

// errWrongSecret is how a flight ends whose secret was wrong.
var errWrongSecret = errors.New("wrong secret")

// join returns the flight of a check, and whether the caller has to lead it.
func (v *verifier) join(key cacheKey) (f *flight, mine bool) {
	v.mu.Lock()
	defer v.mu.Unlock()
	if f, ok := v.flights[key]; ok {
		return f, false
	}
	f = &flight{done: make(chan struct{})}
	v.flights[key] = f
	return f, true
}

// lead does the work of a flight and lets the others know.
func (v *verifier) lead(ctx context.Context, f *flight, k check, by login) error {
	f.err = errors.New("the check did not come to its end")
	defer func() {
		v.mu.Lock()
		delete(v.flights, k.key)
		v.mu.Unlock()
		close(f.done)
	}()
	f.err = v.hash(ctx, k, by)
	if f.err == nil {
		v.seen.put(k.key, by.now)
	}
	if errors.Is(f.err, errWrongSecret) {
		return v.fail(by)
	}
	return f.err
}

// hash waits for its turn and compares. That others were hashed meanwhile may
// have spent the budget, so it is asked again before the work.
func (v *verifier) hash(ctx context.Context, k check, by login) error {
	return v.inTurn(ctx, v.queue, func() error {
		if err := v.spent(by); err != nil {
			return err
		}
		if right := v.compare(k.hash, k.secret); !right || k.hopeless {
			return errWrongSecret
		}
		return nil
	})
}

// spent returns the problem of a client that has failed too often.
func (v *verifier) spent(by login) error {
	if wait, spent := v.budget.Spent(by.client, by.now); spent {
		return tooMany("too many wrong credentials from this address", wait)
	}
	return nil
}

// fail counts a wrong secret. Of those who shared a hash, only as many learn
// that it was wrong as the budget of their address allows.
func (v *verifier) fail(by login) error {
	if err := v.spent(by); err != nil {
		return err
	}
	v.budget.Fail(by.client, by.now)
	return unauthorized()
}
