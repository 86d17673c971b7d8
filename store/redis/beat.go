package redis

import (
	"context"
	"fmt"
	"strconv"
	"time"

	"github.com/redis/rueidis"
	"go.uber.org/zap"

	"github.com/linkgate/linkgate/store"
)

// timing are the lengths of time that tests change.
type timing struct {
	beat   time.Duration // between two questions for the server's time
	lease  time.Duration // for which an answer proves that the server is there
	flush  time.Duration // between two additions of uses that nobody waits for
	check  time.Duration // between two looks at the server's settings
	remind time.Duration // between two warnings that limits may be exceeded
}

// With the time that a command takes, a flush stays under the tenth of a second
// that a kill may lose, and a change on another gateway under the second within
// which it has to hold here.
var usual = timing{
	beat: 200 * time.Millisecond, lease: 800 * time.Millisecond, flush: 50 * time.Millisecond,
	check: 30 * time.Second, remind: time.Minute,
}

// every calls do at intervals until the store is closed.
func (s *Store) every(interval time.Duration, do func()) {
	s.loops.Go(func() {
		tick := time.NewTicker(interval)
		defer tick.Stop()
		for {
			select {
			case <-s.stop:
				return
			case <-tick.C:
				do()
			}
		}
	})
}

// pulsate asks for a beat and, where none has come for too long, lets nobody
// wait any more.
func (s *Store) pulsate() {
	err := s.beat(context.Background())
	if err == nil {
		if s.away {
			s.log.Info("the server answers again")
		}
		s.away = false
		return
	}
	if s.pulse.alive() == nil {
		return
	}
	if !s.away {
		s.log.Error("the server does not answer: everything is refused until it does", zap.Error(err))
	}
	s.away = true
	s.live.lost()
	s.watching.cut()
	s.working.cut()
}

// beat asks the server for its time and for how far the database is. All that
// the server has told of before its answer is known when that arrives: it
// travels on the same connection.
func (s *Store) beat(ctx context.Context) error {
	asked := s.history.ask()
	ask := s.askPlace()
	if !s.opts.Cluster {
		ask = append(ask, s.watch.B().Time().Build())
	}
	within, cancel := context.WithTimeout(ctx, s.patience())
	defer cancel()
	sent := time.Now()
	got := s.watch.DoMulti(within, ask...)
	answered := time.Now()
	p, err := readPlace(got[:1+s.keys.parts])
	if err != nil {
		return unavailable("reading the epoch", err)
	}
	if !s.opts.Cluster {
		server, err := readTime(got[len(got)-1])
		if err != nil {
			return err
		}
		s.warnOfClock(s.pulse.beat(sent, answered, server))
	}
	if s.history.compare(p, asked) {
		s.log.Warn("a rollback of the database was accepted: its counters are taken as they are")
		s.live.forgetSerials()
	}
	return nil
}

// warnOfClock says once that the server's clock has jumped.
func (s *Store) warnOfClock(off, before time.Duration) {
	switch {
	case off < 0 && before >= 0:
		s.log.Warn("the server's clock was set back: tokens that were over stay so, by the time that has passed, until it has caught up; "+
			"where it had been wrong before, restart the gateways", zap.Duration("by", -off))
	case off > 0 && before <= 0:
		s.log.Warn("the server's clock has jumped ahead: tokens that are over by it are refused", zap.Duration("by", off))
	}
}

// patience is how long a beat may take: until the lease is over, or where it is
// over already, as long as any command.
func (s *Store) patience() time.Duration {
	if b := s.pulse.last.Load(); b != nil {
		if left := s.pulse.lease - time.Since(b.sent); left > 0 {
			return left
		}
	}
	return s.opts.Timeout
}

func readTime(r rueidis.RedisResult) (time.Time, error) {
	parts, err := r.ToArray()
	if err != nil {
		return time.Time{}, unavailable("asking for the time", err)
	}
	said := texts(parts)
	if len(said) == 2 {
		sec, err := strconv.ParseInt(said[0], 10, 64)
		usec, err2 := strconv.ParseInt(said[1], 10, 64)
		if err == nil && err2 == nil {
			return time.Unix(sec, usec*1000), nil
		}
	}
	return time.Time{}, fmt.Errorf("%w: the server's time cannot be understood", store.ErrUnavailable)
}
