package redis

import (
	"context"
	"encoding/json"

	"github.com/redis/rueidis"
	"go.uber.org/zap"

	"github.com/linkgate/linkgate/store"
)

// record writes down what the other gateways, or the next life of this one,
// have to know of the history. It does so apart from the beat, which must not
// wait for it.
func (s *Store) record() {
	h := &s.history
	epoch, last := h.known()
	switch r := h.noticed.Load(); {
	case r != nil && last.back == "":
		s.tell(last.epoch, epoch, r)
	case r == nil && h.charged.Swap(false):
		s.moveOn(epoch)
	}
	if h.mark.due() {
		s.saveMark()
	}
}

// moveOn moves the sequence of the database on.
func (s *Store) moveOn(epoch string) {
	ctx, cancel := context.WithTimeout(context.Background(), s.opts.Timeout)
	defer cancel()
	for part := range s.keys.parts {
		got := s.together(ctx, func() []rueidis.Completed {
			return s.acked(s.work.B().Incr().Key(s.keys.seq(part)).Build())
		})
		n, err := got[0].AsInt64()
		if err == nil && s.enough(got[1:]) {
			s.history.moved(epoch, part, n)
		} else {
			s.history.charged.Store(true) // the next time
		}
	}
}

// enough reports whether as many replicas as have to acknowledge a write have.
func (s *Store) enough(acks []rueidis.RedisResult) bool {
	if s.opts.ReplicaAcks == 0 {
		return true
	}
	n, err := acks[0].AsInt64()
	return err == nil && n >= int64(s.opts.ReplicaAcks)
}

// tell keeps in the database what was noticed when its epoch was found.
func (s *Store) tell(found, known string, r *store.Rollback) {
	text, err := json.Marshal(r)
	if err == nil {
		_, err = s.run(context.Background(), call{tellScript, []string{s.keys.epoch()}, []string{found, known, string(text)}})
	}
	if err != nil {
		s.log.Warn("that the database was set back cannot be kept in it yet", zap.Error(err))
	}
}
