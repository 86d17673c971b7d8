package redis

import (
	"errors"
	"testing"

	"github.com/linkgate/linkgate/store"
)

// A use that the server did not count because limits could not be kept, while
// that was over by the time of its answer, was taken for admitted.
func TestAUseThatWasHeldBackIsAskedForAgainWhenLimitsCanBeKept(t *testing.T) {
	t.Parallel()
	o := Options{Addresses: []string{"127.0.0.1:1"}, UnsafeDurability: true}
	if err := o.validate(); err != nil {
		t.Fatal(err)
	}
	s := newStore(o, usual)
	held := verdict{code: codeHeld}
	if d, again, err := s.rule(held, &store.Attempt{}, true); !again || err != nil {
		t.Errorf("limits can be kept, and the rule is %+v, %v, %v", d, again, err)
	}
	s.history.notice(store.Rollback{Why: "test"})
	if _, again, err := s.rule(held, &store.Attempt{}, true); again || !errors.Is(err, store.ErrRolledBack) {
		t.Errorf("the database was set back, and the rule is %v, %v", again, err)
	}
}
