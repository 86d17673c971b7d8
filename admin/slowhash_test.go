package admin

import (
	"errors"
	"fmt"
	"net/http"
	"sync"
	"sync/atomic"
	"time"

	"github.com/linkgate/linkgate/store"
)

// A slowHash stands for bcrypt: it takes time and accepts one secret.
type slowHash struct {
	hashes, running, most atomic.Int64
	hashed                sync.Map // of the hashes it was given
}

func (s *slowHash) compare(hash, secret string) bool {
	s.hashes.Add(1)
	s.hashed.Store(hash, true)
	running := s.running.Add(1)
	defer s.running.Add(-1)
	for most := s.most.Load(); running > most && !s.most.CompareAndSwap(most, running); {
		most = s.most.Load()
	}
	time.Sleep(80 * time.Millisecond)
	return secret == "right"
}

// known is a record that a secret can be right for.
func known() *store.Token {
	return &store.Token{
		Link: store.NewLink(), Modified: time.Now(),
		HashedAccessToken: "$2y$10$" + fmt.Sprintf("%021d.%031d", time.Now().UnixNano(), 0),
	}
}

// statusOf is the status that an error becomes; 200 for none.
func statusOf(err error) int {
	if p, ok := errors.AsType[*problem](err); ok {
		return p.Status
	}
	if err != nil {
		return -1
	}
	return http.StatusOK
}
