package badger

import "sync"

// Snapshots hands out the pictures of the database that reads work on. Badger
// would make each reader wait for the sync of every commit under way; here a
// reader sees the last commit that is known to be done, and waits for nothing.
type snapshots struct {
	mu      sync.Mutex
	current uint64 // of the last commit that is done

	// readers are those inside, by the commit they see, oldest first.
	readers []readers
}

type readers struct {
	at uint64
	n  int
}

// enter returns the commit up to which the caller may see, and keeps all that
// it sees from being discarded until it leaves.
func (s *snapshots) enter() uint64 {
	s.mu.Lock()
	defer s.mu.Unlock()
	if n := len(s.readers); n > 0 && s.readers[n-1].at == s.current {
		s.readers[n-1].n++
	} else {
		s.readers = append(s.readers, readers{at: s.current, n: 1})
	}
	return s.current
}

func (s *snapshots) leave(at uint64) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for i := range s.readers {
		if s.readers[i].at == at {
			s.readers[i].n--
			break
		}
	}
	for len(s.readers) > 0 && s.readers[0].n == 0 {
		s.readers = s.readers[1:]
	}
}

// publish lets readers see the commit at, and returns the oldest one that is
// still being read. apply runs at the same instant: who comes later finds both
// the database and what apply has done.
func (s *snapshots) publish(at uint64, apply func()) (oldest uint64) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.current = at
	if apply != nil {
		apply()
	}
	if len(s.readers) > 0 {
		return s.readers[0].at
	}
	return at
}
