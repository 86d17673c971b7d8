package admin_test

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"github.com/linkgate/linkgate/admin"
	"github.com/linkgate/linkgate/store"
	"github.com/linkgate/linkgate/store/memory"
)

// wantOneFounder fails unless the store has one record, which is an admin, and
// exactly one of the directories has its file, and nothing else is left.
func wantOneFounder(t *testing.T, s store.Store, dirs ...string) {
	t.Helper()
	page, err := s.List(t.Context(), store.Query{WithAdmins: true})
	if err != nil || len(page.Records) != 1 || !page.Records[0].Token.Admin() {
		t.Fatalf("%d records, %v", len(page.Records), err)
	}
	var files []string
	for _, dir := range dirs {
		left, _ := os.ReadDir(dir)
		for _, file := range left {
			files = append(files, filepath.Join(dir, file.Name()))
		}
	}
	if len(files) != 1 {
		t.Fatalf("the files are %q, want one", files)
	}
	if got, want := adminFile(t, files[0])["token"], page.Records[0].Token.Link; got != want {
		t.Errorf("the file is of %s and the record is %s", got, want)
	}
	if kept, err := s.Kept(t.Context(), ""); len(kept) != 0 || err != nil {
		t.Errorf("%d values are left in the vault, %v", len(kept), err)
	}
}

func TestGatewaysThatStartTogetherMakeOneAdmin(t *testing.T) {
	t.Parallel()
	for name, shareDirectory := range map[string]bool{"on machines of their own": false, "in one directory": true} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			for range 2 {
				s := memory.New()
				dirs := make([]string, 3)
				var wait sync.WaitGroup
				shared := t.TempDir()
				for i := range dirs {
					if dirs[i] = t.TempDir(); shareDirectory {
						dirs[i] = shared
					}
					wait.Go(func() {
						if _, err := admin.Bootstrap(t.Context(), s, admin.Founding{Dir: dirs[i], Now: time.Now()}); err != nil {
							t.Error(err)
						}
					})
				}
				wait.Wait()
				if shareDirectory {
					dirs = dirs[:1]
				}
				wantOneFounder(t, s, dirs...)
			}
		})
	}
}

// A blindStore shows neither records nor claims, and no claim ends: as if all
// gateways looked before any of them did anything.
type blindStore struct{ store.Store }

func (blindStore) List(context.Context, store.Query) (store.Page, error) { return store.Page{}, nil }

func (blindStore) Kept(context.Context, string) (map[string][]byte, error) { return nil, nil }

func (blindStore) Forget(context.Context, string) error { return nil }

func TestGatewaysThatAllFindTheStoreEmptyMakeOneAdmin(t *testing.T) {
	t.Parallel()
	s := memory.New()
	dirs := []string{t.TempDir(), t.TempDir(), t.TempDir()}
	for _, through := range []store.Store{blindStore{s}, s} {
		for _, dir := range dirs {
			if _, err := admin.Bootstrap(t.Context(), through, admin.Founding{Dir: dir, Now: time.Now()}); err != nil {
				t.Error(err)
			}
		}
	}
	wantOneFounder(t, s, dirs...)
}

// A mortal store dies at its n-th change: before it, or after it was made.
type mortalStore struct {
	store.Store
	left  int
	after bool
}

var errDied = errors.Join(store.ErrUnavailable, errors.New("the gateway is gone"))

func (s *mortalStore) change(do func() error) error {
	if s.left--; s.left != 0 {
		if s.left < 0 {
			return errDied
		}
		return do()
	}
	if s.after {
		_ = do()
	}
	return errDied
}

func (s *mortalStore) Create(ctx context.Context, records ...store.Record) error {
	return s.change(func() error { return s.Store.Create(ctx, records...) })
}

func (s *mortalStore) Keep(ctx context.Context, name string, value []byte) (kept []byte, err error) {
	err = s.change(func() error { kept, err = s.Store.Keep(ctx, name, value); return err })
	return kept, err
}

func (s *mortalStore) Forget(ctx context.Context, name string) error {
	return s.change(func() error { return s.Store.Forget(ctx, name) })
}

// Wherever the first gateway breaks off, and whether it or another one goes on,
// there is one credential in the end and its file is where it was made.
func TestAGatewayThatDiesInItsFirstStartLeavesOneAdmin(t *testing.T) {
	t.Parallel()
	for step := 1; step <= 3; step++ {
		for _, after := range []bool{false, true} {
			t.Run(fmt.Sprintf("at change %d, made: %v", step, after), func(t *testing.T) {
				t.Parallel()
				s := memory.New()
				first := admin.Founding{Dir: t.TempDir(), Now: time.Now()}
				second := admin.Founding{Dir: t.TempDir(), Now: time.Now()}
				if _, err := admin.Bootstrap(t.Context(), &mortalStore{Store: s, left: step, after: after}, first); !errors.Is(err, errDied) {
					t.Fatalf("the first one says %v", err)
				}
				for _, f := range []admin.Founding{second, first, second} {
					if _, err := admin.Bootstrap(t.Context(), s, f); err != nil {
						t.Fatal(err)
					}
				}
				if step == 1 && !after {
					// Its claim was never made: another one took its place, and
					// its draft is good for nothing.
					if drafts, _ := filepath.Glob(filepath.Join(first.Dir, ".*")); len(drafts) == 1 {
						_ = os.Remove(drafts[0])
					}
				}
				wantOneFounder(t, s, first.Dir, second.Dir)
			})
		}
	}
}

// A lateStore lets another gateway do everything between the look of this one
// into the empty store and its claim.
type lateStore struct {
	store.Store
	meanwhile func()
}

func (s *lateStore) Keep(ctx context.Context, name string, value []byte) ([]byte, error) {
	if s.meanwhile != nil {
		s.meanwhile()
		s.meanwhile = nil
	}
	return s.Store.Keep(ctx, name, value)
}

func TestAClaimThatComesTooLateIsGivenUp(t *testing.T) {
	t.Parallel()
	s := memory.New()
	fast, slow := admin.Founding{Dir: t.TempDir(), Now: time.Now()}, admin.Founding{Dir: t.TempDir(), Now: time.Now()}
	late := &lateStore{Store: s, meanwhile: func() {
		if path, err := admin.Bootstrap(t.Context(), s, fast); path == "" || err != nil {
			t.Errorf("the fast one: %q, %v", path, err)
		}
	}}
	if path, err := admin.Bootstrap(t.Context(), late, slow); path != "" || err != nil {
		t.Errorf("the late one: %q, %v", path, err)
	}
	wantOneFounder(t, s, fast.Dir, slow.Dir)
}

func TestAFirstAdminIsNotMadeAgainFromAnOldClaim(t *testing.T) {
	t.Parallel()
	s := memory.New()
	f := admin.Founding{Dir: t.TempDir(), Now: time.Now()}
	path, err := admin.Bootstrap(t.Context(), s, f)
	if err != nil {
		t.Fatal(err)
	}
	first := adminFile(t, path)["token"]
	if err := s.Delete(t.Context(), first); err != nil {
		t.Fatal(err)
	}
	if _, err := admin.Bootstrap(t.Context(), s, f); err != nil {
		t.Fatal(err)
	}
	if second := adminFile(t, path)["token"]; second == first {
		t.Error("a credential that was deleted is back")
	}
}
