package redis

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"time"

	"github.com/redis/rueidis"

	"github.com/linkgate/linkgate/store"
)

// A question is one call of the script that judges.
type question struct {
	link   string
	args   []string
	count  bool
	serial int64

	// known is how far the database was known to be when it was asked.
	known asking

	// id, version and token are those that the gateway knows.
	id, version string
	token       *store.Token
}

// newQuestion asks about an attempt on the token of e. What only the gateway
// knows, where the token's own URL leads and that the server's clock was set
// back, is judged here, for the version that is known: it holds for no other one.
func (s *Store) newQuestion(e *entry, a *store.Attempt, count bool) question {
	known := s.history.ask()
	e.mu.Lock()
	q := question{known: known, link: a.Link, count: count, serial: e.serial, id: e.id, version: e.version, token: e.token}
	e.mu.Unlock()
	here := a.Route.MatchURL || s.pulse.setBack()
	if here && q.token != nil && !s.holdsHere(q.token, a) {
		q.count = false
	}
	flags := letter(q.count, "c") + letter(here, "o") + letter(s.allow() != nil, "h") +
		letter(a.AsCredential, "a") + letter(a.Claims != nil, "j")
	q.args = append(make([]string, 0, 8+len(a.Route.Issuers)),
		flags, q.id, q.version, strconv.FormatInt(q.serial, 10), strconv.FormatInt(first(known.seen), 10))
	if c := a.Claims; c != nil {
		q.args = append(q.args, c.RID, instant(c.Expires), instant(c.NotBefore))
	}
	q.args = append(q.args, a.Route.Issuers...)
	return q
}

// letter is a flag of the script.
func letter(set bool, name string) string {
	if set {
		return name
	}
	return ""
}

// first is the sequence of a database that has one, or zero where none was seen.
func first(seqs []int64) int64 {
	if len(seqs) == 0 {
		return 0
	}
	return seqs[0]
}

// holdsHere asks the rules about the URL of a token and its end, and about
// nothing else.
func (s *Store) holdsHere(t *store.Token, a *store.Attempt) bool {
	only := store.Attempt{Route: store.Route{MatchURL: a.Route.MatchURL, Host: a.Route.Host, Path: a.Route.Path}}
	bare := store.Token{URL: t.URL, State: store.Enabled}
	if s.pulse.setBack() {
		only.Now, bare.Expires = s.pulse.now(), t.Expires
		if a.Claims != nil {
			only.Claims = &store.Claims{Expires: a.Claims.Expires}
		}
	}
	return store.Judge(&bare, 0, &only).Admitted()
}

// The codes that the script answers with.
const (
	codeUnknown = "unknown" // no such record
	codeDamaged = "damaged" // a record without its counter
	codePast    = "past"    // the database was set back
	codeBehind  = "behind"  // the counter was set back
	codeUnread  = "unread"  // another version than the one that is known
	codeHeld    = "held"    // all rules hold, but limits cannot be kept
	codeLooked  = "looked"  // not counted: not asked for, or not allowed
	codeCounted = "counted"
)

// A verdict is what the script answers.
type verdict struct {
	code string
	now  time.Time
	seq  int64 // of a database that was set back
	found
}

// kept reports whether there is a record.
func (v verdict) kept() bool { return v.token != nil }

// put puts a question to the server. After an error a use that was to be
// counted is spent.
func (s *Store) put(ctx context.Context, q question) (verdict, error) {
	ask := s.run
	if q.count && s.opts.ReplicaAcks > 0 {
		ask = s.counted
	}
	got, err := ask(ctx, call{useScript, s.useKeys(q.link), q.args})
	if q.count {
		s.history.charged.Store(true)
	}
	if err != nil {
		return verdict{}, err
	}
	return q.read(texts(got))
}

// useKeys are the keys that the script judges by. On a Cluster the sequences lie
// on other nodes than the token may: there the beat alone compares them.
func (s *Store) useKeys(link string) []string {
	if s.opts.Cluster {
		return []string{s.keys.record(link), s.keys.counter(link)}
	}
	return []string{s.keys.record(link), s.keys.counter(link), s.keys.seq(0)}
}

func (q question) read(got []string) (verdict, error) {
	if len(got) < 2 {
		return verdict{}, damaged("the server's answer is too short")
	}
	micros, err := strconv.ParseInt(got[1], 10, 64)
	if err != nil {
		return verdict{}, damaged("the server's time is no number")
	}
	v := verdict{code: got[0], now: time.UnixMicro(micros)}
	if v.code == codePast && len(got) > 2 {
		v.seq, err = strconv.ParseInt(got[2], 10, 64)
		return v, err
	}
	if len(got) < 6 {
		return v, nil
	}
	n, serial, ok := counterOf(got[2:4])
	if !ok {
		return v, damaged("a counter is no number of uses")
	}
	v.found = found{id: got[4], version: got[5], token: q.token, counter: n, serial: serial}
	if len(got) >= 8 {
		v.token, err = decodeToken(q.link, got[6], got[7])
	}
	return v, err
}

// counted runs the script that judges and, where it counted the use, demands
// the replicas that have to know of it.
func (s *Store) counted(ctx context.Context, c call) ([]rueidis.RedisMessage, error) {
	got, acks, err := s.runAcked(ctx, c)
	if err != nil {
		return nil, err
	}
	if code, _ := got[0].ToString(); code == codeCounted && acks < int64(s.opts.ReplicaAcks) {
		return nil, tooFew(acks, s.opts.ReplicaAcks)
	}
	return got, nil
}

// failed names a failure: the caller's context has ended, the server was too
// slow, or something else.
func (s *Store) failed(ctx context.Context, err error) error {
	if ctx.Err() == nil && errors.Is(err, context.DeadlineExceeded) {
		return fmt.Errorf("%w: no answer within %s", store.ErrUnavailable, s.opts.Timeout)
	}
	return unavailable("asking the server", err)
}
