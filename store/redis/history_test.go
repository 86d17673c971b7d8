package redis

import (
	"testing"

	"go.uber.org/zap"
)

// TestSequenceThatMovesWhileItIsReadIsNoRollback lets the answer to a question
// arrive after what this gateway has done meanwhile.
func TestSequenceThatMovesWhileItIsReadIsNoRollback(t *testing.T) {
	t.Parallel()
	h := &history{log: zap.NewNop(), epoch: "e", seen: []int64{5}}
	asked := h.ask()
	h.moved("e", 0, 6)
	h.compare(place{epoch: "e", seqs: []int64{5}}, asked)
	if r := h.noticed.Load(); r != nil {
		t.Fatalf("taken for a rollback: %s", r.Why)
	}
	h.compare(place{epoch: "e", seqs: []int64{5}}, h.ask())
	if r := h.noticed.Load(); r == nil || r.Had != 6 || r.Has != 5 {
		t.Fatalf("got %+v", r)
	}
}

// TestAnswerFromBeforeAnAcceptanceIsNotCompared lets the answer to a question
// arrive after a rollback was accepted.
func TestAnswerFromBeforeAnAcceptanceIsNotCompared(t *testing.T) {
	t.Parallel()
	h := &history{log: zap.NewNop(), epoch: "e", seen: []int64{5}}
	asked := h.ask()
	h.accept("f", []int64{1})
	h.compare(place{epoch: "e", seqs: []int64{5}}, asked)
	if r := h.noticed.Load(); r != nil {
		t.Fatalf("taken for a rollback: %s", r.Why)
	}
}
