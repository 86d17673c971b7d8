package redis

import (
	"context"

	"github.com/linkgate/linkgate/store"
)

// askedBefore is how often a token has to be presented before the server is
// asked to tell of its changes: most links are opened once.
const askedBefore = 1

// judgeLocal judges without asking the server, and counts where count is set.
// It reports false where only the server can.
func (s *Store) judgeLocal(e *entry, a *store.Attempt, count bool) (d store.Decision, ok bool) {
	e.mu.Lock()
	defer e.mu.Unlock()
	if e.evicted || e.local != s.live.generation.Load() || e.token.Limit != store.NoLimit {
		return d, false
	}
	at := *a
	at.Now = s.pulse.now()
	d = store.Judge(e.token, e.used, &at)
	if count && d.Admitted() {
		e.count()
		d.Counter = e.used
		s.tallies.later(e)
	}
	return d, true
}

// follow makes the entry of a token without a limit local, where that is
// worth it, or waits until somebody else has done so. That takes two steps:
// all who ask the server about the token get their answers, so that no use is
// counted here that is counted there as well; then the record is read on the
// connection that tells of changes.
func (s *Store) follow(ctx context.Context, e *entry) {
	e.mu.Lock()
	if !s.tracking || e.evicted || e.token == nil || e.token.Limit != store.NoLimit || e.known < askedBefore {
		e.mu.Unlock()
		return
	}
	if e.loaded != nil {
		loaded := e.loaded
		e.mu.Unlock()
		wait(ctx, loaded)
		return
	}
	e.loaded = make(chan struct{})
	var idle chan struct{}
	if e.asking > 0 {
		e.idle = make(chan struct{})
		idle = e.idle
	}
	e.mu.Unlock()
	if idle != nil {
		wait(ctx, idle)
	}
	s.load(ctx, e)
}

func wait(ctx context.Context, done <-chan struct{}) {
	select {
	case <-done:
	case <-ctx.Done():
	}
}

// load reads the record of an entry whose loading was begun, and ends it.
func (s *Store) load(ctx context.Context, e *entry) {
	e.mu.Lock()
	told, generation := e.told, s.live.generation.Load()
	e.mu.Unlock()
	f, err := s.readTracked(ctx, e.link)
	e.mu.Lock()
	defer e.mu.Unlock()
	// Somebody whose context had ended may have left others waiting.
	if err == nil && e.asking+e.changing == 0 && e.told == told && e.id == f.id {
		e.version, e.token, e.local = f.version, f.token, generation
	}
	close(e.loaded)
	e.loaded = nil
}

// readTracked reads a record so that the server will tell of its next change.
func (s *Store) readTracked(ctx context.Context, link string) (found, error) {
	ctx, cancel := context.WithTimeout(ctx, s.opts.Timeout)
	defer cancel()
	b := s.watch.B().Hmget().Key(s.keys.record(link)).Field("id", "v", "r", "d").Build()
	got, err := s.watch.Do(ctx, b).ToArray()
	if err != nil {
		return found{}, unavailable("reading a record", err)
	}
	text := texts(got)
	if text[0] == "" {
		return found{}, store.ErrNotFound
	}
	t, err := decodeToken(link, text[2], text[3])
	return found{id: text[0], version: text[1], token: t}, err
}

// ask notes that the server is asked about the token of e, and returns what to
// call when it has answered. It waits for a loading that is under way.
func (e *entry) ask(ctx context.Context) (answered func()) {
	e.mu.Lock()
	for e.loaded != nil && ctx.Err() == nil {
		loaded := e.loaded
		e.mu.Unlock()
		wait(ctx, loaded)
		e.mu.Lock()
	}
	e.asking++
	e.mu.Unlock()
	return e.answered
}

func (e *entry) answered() {
	e.mu.Lock()
	defer e.mu.Unlock()
	if e.asking--; e.asking == 0 && e.idle != nil {
		close(e.idle)
		e.idle = nil
	}
}
