package badger_test

import (
	"errors"
	"testing"

	"github.com/linkgate/linkgate/store"
	"github.com/linkgate/linkgate/store/badger"
)

// TestADeletionIsJudgedAgainWhereTheRecordChangedMeanwhile changes the record
// after it was judged and before it is deleted.
func TestADeletionIsJudgedAgainWhereTheRecordChangedMeanwhile(t *testing.T) {
	t.Parallel()
	s := mustOpen(t, badger.Options{Path: t.TempDir()})
	link := mustCreate(t, s, 3)
	refused := errors.New("refused")
	judged := 0
	err := s.DeleteIf(t.Context(), link, func(judging *store.Token) error {
		if judged++; judging.Admin() {
			return refused
		}
		_, err := s.Update(t.Context(), link, func(t *store.Token) error {
			t.Scopes = []store.Scope{store.ScopeAdmin}
			return nil
		})
		return err
	})
	if !errors.Is(err, refused) || judged != 2 {
		t.Errorf("judged %d times, got %v", judged, err)
	}
	if _, err := s.Get(t.Context(), link); err != nil {
		t.Errorf("the record: %v", err)
	}
}
