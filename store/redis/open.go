package redis

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"sync"
	"time"

	"github.com/redis/rueidis"
	"go.uber.org/zap"

	"github.com/linkgate/linkgate/store"
)

// checkSentinels is how often Sentinels, or the nodes of a Cluster, are asked
// who serves what.
const checkSentinels = 5 * time.Second

// format is that of what lies in the database.
const format = "1"

// A Store keeps tokens in a Redis or Valkey that gateways share.
type Store struct {
	opts    Options
	log     *zap.Logger
	keys    keys
	live    *liveSet
	tallies tallies
	pulse   pulse
	history history
	safety  safety
	drain   drain

	// watch is the one connection on which the server tells of changes, work
	// the others. tracking says whether it does.
	watch, work       rueidis.Client
	watching, working *dialer
	tracking          bool

	// away is whether the server does not answer; the beat's own.
	away bool

	// stop is closed to end the loops.
	stop  chan struct{}
	loops sync.WaitGroup
	look  chan struct{} // asks for a look at the server's settings
}

// Open opens a store. Where the server cannot be reached the error wraps
// [store.ErrUnavailable].
func Open(ctx context.Context, o Options) (*Store, error) { return open(ctx, o, usual) }

func open(ctx context.Context, o Options, t timing) (*Store, error) {
	if err := o.validate(); err != nil {
		return nil, fmt.Errorf("opening the store: %w", err)
	}
	s := newStore(o, t)
	if err := s.begin(ctx); err != nil {
		s.disconnect()
		return nil, fmt.Errorf("opening the store: %w", err)
	}
	s.every(t.beat, s.pulsate)
	s.every(t.flush, s.flushLater)
	s.every(t.remind, s.warn)
	s.loops.Go(func() { s.lookAfter(t.check) })
	s.warn()
	return s, nil
}

func newStore(o Options, t timing) *Store {
	s := &Store{opts: o, log: o.Logger, keys: keys{prefix: o.Prefix, parts: 1}}
	s.stop, s.look = make(chan struct{}), make(chan struct{}, 1)
	if o.Cluster {
		s.keys.parts = clusterParts
	} else {
		s.pulse.lease = t.lease
	}
	s.live = newLiveSet(o.LiveTokens, s.keys)
	s.tallies.name = rand.Text()
	s.history.log, s.history.acked = o.Logger, o.ReplicaAcks > 0
	// What the old connection has not told of is lost.
	s.watching = newDialer(func() { s.live.lost(); s.lookAgain() })
	s.working = newDialer(func() {})
	return s
}

// begin connects, and looks where the database is and what it can promise.
func (s *Store) begin(ctx context.Context) error {
	if err := s.loadMark(); err != nil {
		return err
	}
	if err := s.connectBoth(); err != nil {
		return err
	}
	if err := s.beginEpoch(ctx); err != nil {
		return err
	}
	if err := s.beat(ctx); err != nil {
		return unavailable("asking the server", err)
	}
	return s.checkSettings(ctx)
}

func (s *Store) connectBoth() (err error) {
	if s.work, err = s.connect(s.working, func(o *rueidis.ClientOption) { o.PipelineMultiplex = workConnections }); err != nil {
		return unavailable("opening connections", err)
	}
	if !s.opts.Cluster {
		s.watch, err = s.connect(s.watching, func(o *rueidis.ClientOption) {
			o.DisableCache, o.ClientTrackingOptions, o.OnInvalidations = false, []string{}, s.live.told
		})
		if s.tracking = err == nil; s.tracking {
			return nil
		}
		if !errors.Is(err, rueidis.ErrNoCache) {
			return unavailable("opening connections", err)
		}
		s.log.Warn("the server does not tell of changes: it is asked about every use", zap.Error(foreign(err)))
	}
	if s.watch, err = s.connect(s.watching, func(*rueidis.ClientOption) {}); err != nil {
		return unavailable("opening connections", err)
	}
	return nil
}

// beginEpoch gives a new database its first epoch, unless this gateway knows
// another one: then it is not new.
func (s *Store) beginEpoch(ctx context.Context) error {
	if s.history.epoch != "" {
		return nil
	}
	got, err := s.run(ctx, call{beginScript, []string{s.keys.epoch()}, []string{rand.Text()}})
	if err != nil {
		return err
	}
	if said := texts(got); said[0] != "" && said[1] != format {
		return fmt.Errorf("the database has the format %q and this program knows %q only", said[1], format)
	}
	return nil
}

// lookAgain asks for a look at the server's settings, soon.
func (s *Store) lookAgain() {
	select {
	case s.look <- struct{}{}:
	default:
	}
}

// lookAfter looks at the server's settings at intervals, and when it may be
// another one.
func (s *Store) lookAfter(interval time.Duration) {
	timer := time.NewTimer(interval)
	defer timer.Stop()
	for {
		select {
		case <-s.stop:
			return
		case <-timer.C:
		case <-s.look:
		}
		next := interval
		if err := s.checkSettings(context.Background()); err != nil {
			next = min(next, time.Second)
		}
		timer.Reset(next)
	}
}

// flushLater sends what was counted since the last time.
func (s *Store) flushLater() {
	if s.pulse.alive() != nil {
		return // with the server's return
	}
	if err := s.flush(context.Background()); err != nil {
		s.log.Warn("uses of tokens without a limit cannot be written: they are kept in memory", zap.Error(err))
	}
}

// Close implements [store.Store].
func (s *Store) Close() error {
	if !s.drain.shut() {
		s.loops.Wait()
		return nil
	}
	close(s.stop)
	s.loops.Wait()
	err := s.flush(context.Background())
	s.history.mu.Lock()
	if s.history.noticed.Load() == nil && s.history.charged.Swap(false) {
		s.moveOn(context.Background())
	}
	s.saveMark(time.Now())
	s.history.mu.Unlock()
	s.disconnect()
	if err != nil {
		return fmt.Errorf("writing the last uses: %w", err)
	}
	return nil
}

func (s *Store) disconnect() {
	for _, c := range []rueidis.Client{s.watch, s.work} {
		if c != nil {
			c.Close()
		}
	}
}

// Interface guards.
var (
	_ store.Store      = (*Store)(nil)
	_ store.Rewindable = (*Store)(nil)
)
