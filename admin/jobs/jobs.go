// Package jobs remembers, for two days, what was asked for under an
// Idempotency-Key, so that whoever asks again gets the same answer and nothing
// is made twice, not even where the first try broke off in the middle.
//
// A job is a sequence of rows. The names of what a row makes are derived from
// a secret of the job, so that they need not be remembered; marks say up to
// which row the job was carried out, and what those rows were.
package jobs

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"strings"
	"sync"
	"time"

	"github.com/linkgate/linkgate/store"
)

const (
	// Life is how long a job is remembered from its start.
	Life = 48 * time.Hour

	// MaxJobs is the most jobs of one owner that are remembered.
	MaxJobs = 1000
)

// The errors of [Registry.Begin].
var (
	// ErrRunning: the job is being carried out just now.
	ErrRunning = errors.New("job is running")

	// ErrTooMany: the owner has MaxJobs jobs.
	ErrTooMany = errors.New("too many jobs")
)

// Where jobs are in the vault.
const (
	jobPrefix  = "bulk/job/"
	markPrefix = "bulk/mark/"
	endPrefix  = "bulk/end/"
)

// A Registry finds jobs. It may be used from any number of goroutines.
type Registry struct {
	vault store.Vault

	mu      sync.Mutex
	running map[name]bool
}

// New returns a registry of the jobs in a vault.
func New(vault store.Vault) *Registry {
	return &Registry{vault: vault, running: map[name]bool{}}
}

// Begin starts or resumes the job that an owner calls key. It forgets jobs
// that are over for long enough. Whoever begins a job ends it with [Job.Close].
func (r *Registry) Begin(ctx context.Context, owner, key string, now time.Time) (*Job, error) {
	n := newName(owner, key)
	if !r.enter(n) {
		return nil, ErrRunning
	}
	j, err := r.open(ctx, n, now)
	if err != nil {
		r.leave(n)
		return nil, err
	}
	return j, nil
}

func (r *Registry) enter(n name) bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.running[n] {
		return false
	}
	r.running[n] = true
	return true
}

func (r *Registry) leave(n name) {
	r.mu.Lock()
	defer r.mu.Unlock()
	delete(r.running, n)
}

func (r *Registry) open(ctx context.Context, n name, now time.Time) (*Job, error) {
	others, err := r.sweep(ctx, n, now)
	if err != nil {
		return nil, err
	}
	if others >= MaxJobs {
		return nil, ErrTooMany
	}
	fresh := birth{Start: now.UTC().Truncate(time.Microsecond)}
	// crypto/rand.Read never fails: it ends the process instead.
	_, _ = rand.Read(fresh.Secret[:])
	kept, err := r.vault.Keep(ctx, n.job(), fresh.encode())
	if err != nil {
		return nil, fmt.Errorf("remembering a job: %w", err)
	}
	j := &Job{registry: r, name: n}
	if j.birth, err = decodeBirth(kept); err != nil {
		return nil, err
	}
	return j, j.readEnd(ctx)
}

// sweep forgets what is over for long enough and counts the other jobs of the
// owner of n.
func (r *Registry) sweep(ctx context.Context, n name, now time.Time) (others int, err error) {
	kept, err := r.vault.Kept(ctx, jobPrefix)
	if err != nil {
		return 0, fmt.Errorf("looking for old jobs: %w", err)
	}
	for full, value := range kept {
		other := name(strings.TrimPrefix(full, jobPrefix))
		b, err := decodeBirth(value)
		switch {
		case err != nil:
			return 0, err
		case now.Sub(b.Start) > Life:
			if err := r.forget(ctx, other, n); err != nil {
				return 0, err
			}
		case other != n && other.sameOwner(n):
			others++
		}
	}
	return others, nil
}
