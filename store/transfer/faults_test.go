package transfer_test

import (
	"context"
	"errors"
	"fmt"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/linkgate/linkgate/store"
	"github.com/linkgate/linkgate/store/memory"
	"github.com/linkgate/linkgate/store/transfer"
)

// A dying store fails at its n-th change, before it or after it was made, and
// at every later one.
type dying struct {
	store.Store
	left  int
	after bool
}

var errDied = errors.Join(store.ErrUnavailable, errors.New("the target is gone"))

func (s *dying) change(do func() error) error {
	if s.left--; s.left > 0 {
		return do()
	}
	if s.left == 0 && s.after {
		_ = do()
	}
	return errDied
}

func (s *dying) Create(ctx context.Context, records ...store.Record) error {
	return s.change(func() error { return s.Store.Create(ctx, records...) })
}

func (s *dying) Update(ctx context.Context, link string, change func(*store.Token) error) (r store.Record, err error) {
	err = s.change(func() error { r, err = s.Store.Update(ctx, link, change); return err })
	return r, err
}

func (s *dying) DeleteIf(ctx context.Context, link string, may func(*store.Token) error) error {
	return s.change(func() error { return s.Store.DeleteIf(ctx, link, may) })
}

// Wherever a copy breaks off, the next one makes it whole, and at no time can a
// token be used more often than it could at the source.
func TestACopyThatBreaksOffAnywhereGoesOnWhenItIsMadeAgain(t *testing.T) {
	t.Parallel()
	for step := 1; ; step++ {
		broke := 0
		for _, after := range []bool{false, true} {
			name := fmt.Sprintf("at change %d, made: %v", step, after)
			from, to := memory.New(), memory.New()
			mustCreate(t, from, full(1), full(2))
			mustCreate(t, to, full(1), full(2)) // as an earlier copy left them
			for range 4 {
				if d, err := from.Use(t.Context(), store.Attempt{Link: full(1).Token.Link, Now: begin}); err != nil || !d.Admitted() {
					t.Fatal(d, err)
				}
			}
			off := func(t *store.Token) error { t.State = store.Disabled; t.Modified = t.Modified.Add(1000); return nil }
			if _, err := from.Update(t.Context(), full(2).Token.Link, off); err != nil {
				t.Fatal(err)
			}
			mustCreate(t, from, full(3))
			if _, err := copyAll(t.Context(), from, &dying{to, step, after}); errors.Is(err, errDied) {
				broke++
			} else if err != nil {
				t.Fatalf("%s: %v", name, err)
			}
			if r, err := to.Get(t.Context(), full(1).Token.Link); err == nil && r.Counter < 7 && r.Token.State == store.Enabled && r.Counter != 3 {
				t.Errorf("%s: the target has lost uses: %d", name, r.Counter)
			}
			mustCopy(t, from, to)
			if diff := cmp.Diff(everything(t, from), everything(t, to)); diff != "" {
				t.Errorf("%s: the copy is another one:\n%s", name, diff)
			}
		}
		if broke == 0 {
			if step < 4 {
				t.Errorf("the copy has only %d changes", step)
			}
			return
		}
	}
}

// A busyTarget is used while its records are made anew.
type busyTarget struct {
	store.Store
	before map[string]func()
}

func (s *busyTarget) hook(name string) {
	if do := s.before[name]; do != nil {
		delete(s.before, name)
		do()
	}
}

func (s *busyTarget) Update(ctx context.Context, link string, change func(*store.Token) error) (store.Record, error) {
	s.hook("Update")
	return s.Store.Update(ctx, link, change)
}

func (s *busyTarget) DeleteIf(ctx context.Context, link string, may func(*store.Token) error) error {
	s.hook("DeleteIf")
	return s.Store.DeleteIf(ctx, link, may)
}

func (s *busyTarget) Create(ctx context.Context, records ...store.Record) error {
	s.hook("Create")
	return s.Store.Create(ctx, records...)
}

func TestUsesOfABusyTargetAreNotLost(t *testing.T) {
	t.Parallel()
	for name, ahead := range map[string]bool{"Update": true, "DeleteIf": false, "Create": false} {
		t.Run("before "+name, func(t *testing.T) {
			t.Parallel()
			from, inner := memory.New(), memory.New()
			more := full(1)
			more.Counter = 5
			mustCreate(t, from, more)
			mustCreate(t, inner, full(1))
			admitted := int64(3)
			to := &busyTarget{inner, map[string]func(){name: func() {
				for range 4 {
					if d, err := inner.Use(context.Background(), store.Attempt{Link: more.Token.Link, Now: begin}); err == nil && d.Admitted() {
						admitted++
					}
				}
			}}}
			mustCopy(t, from, to)
			r, err := inner.Get(t.Context(), more.Token.Link)
			if err != nil || r.Counter < max(5, admitted) {
				t.Errorf("the counter is %d of %d, %v", r.Counter, admitted, err)
			}
			if used := admitted > 3; used != ahead {
				t.Errorf("the token was used while it was made anew: %d", admitted)
			}
			if r.Token.State != store.Enabled {
				t.Error("the token is off")
			}
		})
	}
}

func TestARecordThatAnotherCopyMakesMeanwhileIsNoError(t *testing.T) {
	t.Parallel()
	from, inner := memory.New(), memory.New()
	mustCreate(t, from, full(1), full(2), full(3))
	to := &busyTarget{inner, map[string]func(){"Create": func() { mustCreate(t, inner, full(2)) }}}
	if tally := mustCopy(t, from, to); tally != (transfer.Tally{Taken: 2, Same: 1}) {
		t.Errorf("the tally is %+v", tally)
	}
}
