package redis

import (
	"errors"
	"testing"
	"time"

	"go.uber.org/zap"

	"github.com/linkgate/linkgate/store"
)

// TestUseThatWasHeldIsNotAdmittedByAnotherLook judges a use that was not
// counted at a moment when it would be again.
func TestUseThatWasHeldIsNotAdmittedByAnotherLook(t *testing.T) {
	t.Parallel()
	s := &Store{log: zap.NewNop(), opts: Options{UnsafeDurability: true}}
	if err := s.allow(); err != nil {
		t.Fatal(err)
	}
	token := &store.Token{Link: store.NewLink(), State: store.Enabled, Limit: 5}
	v := verdict{code: codeHeld, now: time.Now(), found: found{token: token}}
	if d, err := s.rule(v, &store.Attempt{Link: token.Link}, true); !errors.Is(err, store.ErrUnavailable) {
		t.Fatalf("got reason %q, error %v", d.Reason, err)
	}
}

// TestAnswersThatMakeNoSenseAdmitNobody judges what no script answers.
func TestAnswersThatMakeNoSenseAdmitNobody(t *testing.T) {
	t.Parallel()
	s := &Store{log: zap.NewNop(), opts: Options{UnsafeDurability: true}}
	token := &store.Token{Link: store.NewLink(), State: store.Enabled, Limit: 5}
	for _, answer := range [][]string{
		{},
		{"counted"},
		{"counted", "x"},
		{"counted", "1"},
		{"counted", "1", "x", "1", "", ""},
		{"counted", "1", "1", "-1", "", ""},
		{"counted", "1", "6", "6", "a", "1"},
		{"looked", "1", "0", "0", "a", "1"},
		{"", "1", "0", "0", "a", "1"},
		{"counted", "1", "1", "1", "a", "1", "", ""},
		{"counted", "1", "1", "1", "a", "1", "{}", ""},
	} {
		q := question{link: token.Link, token: token, count: true}
		v, err := q.read(answer)
		if err != nil {
			if !errors.Is(err, store.ErrUnavailable) {
				t.Errorf("%q: got error %v", answer, err)
			}
			continue
		}
		if d, err := s.rule(v, &store.Attempt{Link: token.Link}, true); err == nil && d.Admitted() {
			t.Errorf("%q: admitted", answer)
		}
	}
}
