package badger

import "github.com/linkgate/linkgate/store"

// reserveMost is how many uses of one token are made durable ahead, and
// reserveShare the part of those that are left which that may be at most: near
// its end a token is counted use by use. A crash loses no more than this.
//
// Nor are more reserved than were used since the token came into memory: where
// each use is of another token, as of many that have one or two, a reservation
// would only have to be written back.
const (
	reserveMost  = 64
	reserveShare = 8
)

// reserve returns what to write for e, whose lock the caller holds, so that
// all who wait need wait no more: with some uses ahead where that saves syncs.
// With a sync for each batch, or with none at all, it would save nothing.
func (s *Store) reserve(e *entry) int64 {
	return max(e.safe, e.used+s.ahead(e))
}

// ahead is how many uses of e to make durable before anybody asks for them.
func (s *Store) ahead(e *entry) int64 {
	if s.mode != SyncEverySecond || e.token.Limit == store.NoLimit {
		return 0
	}
	return min(reserveMost, max(0, e.token.Limit-e.used)/reserveShare, max(0, e.used-e.start-1))
}

// low reports whether it is time to reserve again, so that the next ones need
// not wait when this reservation is used up. The caller holds the lock.
func (s *Store) low(e *entry) bool {
	return e.safe-e.used < s.ahead(e)/2 && e.batch == nil && !e.writing
}
