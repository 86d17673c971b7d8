package redis

import (
	"context"
	"errors"
	"fmt"

	"go.uber.org/zap"

	"github.com/linkgate/linkgate/store"
)

// Use implements [store.Store]. A token with a limit is judged and counted by
// the server, in one step and by its clock; so is one without that this gateway
// does not follow. Neither is tried twice: where the answer does not come, the
// use is spent.
func (s *Store) Use(ctx context.Context, a store.Attempt) (store.Decision, error) {
	d, err := s.decide(ctx, &a, true)
	if err != nil {
		return store.Decision{}, fmt.Errorf("charging a use: %w", err)
	}
	return d, nil
}

// Peek implements [store.Store].
func (s *Store) Peek(ctx context.Context, a store.Attempt) (store.Decision, error) {
	d, err := s.decide(ctx, &a, false)
	if err != nil {
		return store.Decision{}, fmt.Errorf("judging a token: %w", err)
	}
	return d, nil
}

func (s *Store) decide(ctx context.Context, a *store.Attempt, count bool) (store.Decision, error) {
	if err := s.enter(ctx); err != nil {
		return store.Decision{}, err
	}
	defer s.leave()
	if !store.ValidLink(a.Link) {
		return store.Judge(nil, 0, a), nil
	}
	e := s.live.get(a.Link)
	if e != nil {
		if d, ok := s.judgeLocal(e, a, count); ok {
			return d, nil
		}
		s.follow(ctx, e)
		if d, ok := s.judgeLocal(e, a, count); ok {
			return d, nil
		}
	} else {
		e = s.live.put(a.Link)
	}
	return s.decideThere(ctx, e, a, count)
}

// changedMost is how often a record may change between two looks at it.
const changedMost = 16

// errChanging says that a record changes faster than it can be judged.
var errChanging = errors.New("the record changes all the time")

// decideThere has the server judge.
func (s *Store) decideThere(ctx context.Context, e *entry, a *store.Attempt, count bool) (store.Decision, error) {
	answered := e.ask(ctx)
	defer answered()
	if err := s.settle(ctx, a.Link); err != nil {
		return store.Decision{}, err
	}
	for range changedMost {
		q := s.newQuestion(e, a, count)
		v, err := s.put(ctx, q)
		if err != nil {
			return store.Decision{}, err
		}
		if v.kept() {
			e.mu.Lock()
			e.learn(v.found, s.live.generation.Load())
			e.mu.Unlock()
		}
		switch v.code {
		case codePast:
			s.history.noticeIn(q.known.accepted, latestGone(q.known.seen, []int64{v.seq}))
		case codeBehind:
			s.history.noticeIn(q.known.accepted, store.Rollback{Why: "a counter is lower than it was"})
			e.mu.Lock()
			e.serial = 0
			e.mu.Unlock()
		case codeUnread:
		default:
			return s.rule(v, a, count)
		}
	}
	return store.Decision{}, unavailable("judging a token", errChanging)
}

// rule makes a decision of what the server has judged. The last word is that
// of store.Judge: where it does not agree with an admission, the use is spent
// and nobody is let in.
func (s *Store) rule(v verdict, a *store.Attempt, count bool) (store.Decision, error) {
	switch v.code {
	case codeUnknown:
		return store.Judge(nil, 0, a), nil
	case codeDamaged:
		return store.Decision{}, damaged("a record has no counter")
	case codeHeld:
		return store.Decision{}, s.held()
	case codeCounted:
		d := s.judge(v, v.counter-1, a)
		if !d.Admitted() {
			s.log.Error("the server has counted a use that the rules refuse: it is spent", zap.String("reason", string(d.Reason)))
		}
		d.Counter = v.counter
		return d, nil
	}
	d := s.judge(v, v.counter, a)
	switch {
	case !d.Admitted():
		return d, nil
	case count:
		s.log.Error("the server has refused a use that the rules admit")
		return store.Decision{}, damaged("a record and its fields do not agree")
	case v.token.Limit == store.NoLimit:
		return d, nil
	}
	if err := s.allow(); err != nil {
		return store.Decision{}, err
	}
	return d, nil
}

// judge asks the rules by the server's time and, where its clock was set back,
// by the time that has really come.
func (s *Store) judge(v verdict, counter int64, a *store.Attempt) store.Decision {
	at := *a
	at.Now = v.now
	d := store.Judge(v.token, counter, &at)
	if later := s.pulse.later(v.now); d.Admitted() && later.After(v.now) {
		at.Now = later
		return store.Judge(v.token, counter, &at)
	}
	return d
}

// held is why a use was not counted that all rules allow.
func (s *Store) held() error {
	if err := s.allow(); err != nil {
		return err
	}
	return fmt.Errorf("%w: limits could not be kept a moment ago", store.ErrUnavailable)
}
