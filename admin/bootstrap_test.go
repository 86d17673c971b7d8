package admin_test

import (
	"context"
	"encoding/json"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"golang.org/x/crypto/bcrypt"

	"github.com/linkgate/linkgate/admin"
	"github.com/linkgate/linkgate/store"
	"github.com/linkgate/linkgate/store/memory"
)

// adminFile reads initial_admin.json.
func adminFile(t *testing.T, path string) map[string]string {
	t.Helper()
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	var out map[string]string
	if err := json.Unmarshal(text, &out); err != nil || len(out) != 3 {
		t.Fatalf("the file has %d members, %v", len(out), err)
	}
	return out
}

func TestTheFirstStartMakesOneAdminAndTellsTheFileOnly(t *testing.T) {
	t.Parallel()
	s, dir, now := memory.New(), filepath.Join(t.TempDir(), "made", "for", "it"), time.Now()
	path, err := admin.Bootstrap(t.Context(), s, admin.Founding{Dir: dir, Now: now})
	if err != nil || path != filepath.Join(dir, "initial_admin.json") {
		t.Fatalf("path %q, %v", path, err)
	}
	info, err := os.Stat(path)
	if err != nil || info.Mode() != 0o600 {
		t.Errorf("mode %v, %v", info.Mode(), err)
	}
	if outer, err := os.Stat(dir); err != nil || outer.Mode().Perm() != 0o700 {
		t.Errorf("directory %v, %v", outer.Mode(), err)
	}
	if files, _ := os.ReadDir(dir); len(files) != 1 {
		t.Errorf("%d files are left", len(files))
	}
	file := adminFile(t, path)
	if file["credential"] != file["token"]+"."+file["access_token"] || !store.ValidLink(file["token"]) || len(file["access_token"]) < 32 {
		t.Errorf("the credential is not put together well")
	}
	r, err := s.Get(t.Context(), file["token"])
	if err != nil {
		t.Fatal(err)
	}
	if !r.Token.Admin() || len(r.Token.Scopes) != 3 || r.Token.State != store.Enabled || r.Token.UUID == "" || r.Token.Created.Nanosecond()%1000 != 0 {
		t.Errorf("kept %+v", r)
	}
	hash := r.Token.HashedAccessToken
	if !strings.HasPrefix(hash, "$2y$10$") || bcrypt.CompareHashAndPassword([]byte(hash), []byte(file["access_token"])) != nil {
		t.Errorf("the hash %s is not of the secret", hash)
	}
	path, err = admin.Bootstrap(t.Context(), s, admin.Founding{Dir: t.TempDir(), Now: now})
	if path != "" || err != nil {
		t.Errorf("a second start: %q, %v", path, err)
	}
	if page, _ := s.List(t.Context(), store.Query{WithAdmins: true}); page.Total != 1 {
		t.Errorf("%d records", page.Total)
	}
}

func TestTheFirstAdminMayDoEverything(t *testing.T) {
	t.Parallel()
	a := newAPI(t)
	fresh := memory.New()
	path, err := admin.Bootstrap(t.Context(), fresh, admin.Founding{Dir: t.TempDir(), Now: a.clock()})
	if err != nil {
		t.Fatal(err)
	}
	file := adminFile(t, path)
	r, err := fresh.Get(t.Context(), file["token"])
	if err != nil {
		t.Fatal(err)
	}
	if err := a.store.Create(t.Context(), r); err != nil {
		t.Fatal(err)
	}
	a.do("POST", "/api/v1/token", simple, as(file["credential"])).is(200)
	a.do("DELETE", "/api/v1/token/"+idOf(a.root), "", as(file["credential"])).is(200)
}

func TestAStoreWithOnlyAnAdminIsNotEmpty(t *testing.T) {
	t.Parallel()
	a := newAPI(t)
	for _, id := range []string{a.reader, a.writer, a.both} {
		if err := a.store.Delete(t.Context(), idOf(id)); err != nil {
			t.Fatal(err)
		}
	}
	dir := t.TempDir()
	path, err := admin.Bootstrap(t.Context(), a.store, admin.Founding{Dir: dir, Now: a.clock()})
	if files, _ := os.ReadDir(dir); path != "" || err != nil || len(files) != 0 {
		t.Errorf("path %q, %v, %d files", path, err, len(files))
	}
}

// TestACrashBetweenFileAndRecordLocksNobodyOut lets the record fail: the secret
// is on disk before it, and the next start goes on with it.
func TestACrashBetweenFileAndRecordLocksNobodyOut(t *testing.T) {
	t.Parallel()
	f := admin.Founding{Dir: t.TempDir(), Now: time.Now()}
	s := &brokenStore{Store: memory.New()}
	drafts := func() []string {
		names, _ := filepath.Glob(filepath.Join(f.Dir, ".initial_admin.json.*"))
		return names
	}
	s.fail = func() error {
		if len(drafts()) != 1 {
			t.Error("the record would have been kept before the secret")
		}
		return store.ErrUnavailable
	}
	for range 3 {
		if path, err := admin.Bootstrap(t.Context(), s, f); path != "" || !errors.Is(err, store.ErrUnavailable) {
			t.Errorf("path %q, %v", path, err)
		}
	}
	secret := adminFile(t, drafts()[0])
	s.fail = nil
	path, err := admin.Bootstrap(t.Context(), s, f)
	if err != nil {
		t.Fatal(err)
	}
	file := adminFile(t, path)
	if file["credential"] != secret["credential"] {
		t.Error("the file is not of the secret that was written first")
	}
	if r, err := s.Get(t.Context(), file["token"]); err != nil || !r.Token.Admin() {
		t.Error("the credential of the file is not kept:", err)
	}
	if kept, err := s.Kept(t.Context(), ""); len(kept) != 0 || err != nil || len(drafts()) != 0 {
		t.Errorf("the making is not over: %d values and %d drafts are left, %v", len(kept), len(drafts()), err)
	}
}

func TestALinkInPlaceOfTheFileIsReplacedNotFollowed(t *testing.T) {
	t.Parallel()
	dir, elsewhere := t.TempDir(), filepath.Join(t.TempDir(), "victim")
	if err := os.WriteFile(elsewhere, []byte("mine"), 0o644); err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink(elsewhere, filepath.Join(dir, "initial_admin.json")); err != nil {
		t.Fatal(err)
	}
	path, err := admin.Bootstrap(t.Context(), memory.New(), admin.Founding{Dir: dir, Now: time.Now()})
	if err != nil {
		t.Fatal(err)
	}
	adminFile(t, path)
	if text, _ := os.ReadFile(elsewhere); string(text) != "mine" {
		t.Errorf("the file behind the link is %q", text)
	}
}

func TestWhereTheFileCannotBeWrittenThereIsNoAdmin(t *testing.T) {
	t.Parallel()
	file := filepath.Join(t.TempDir(), "file")
	if err := os.WriteFile(file, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	s := memory.New()
	if path, err := admin.Bootstrap(t.Context(), s, admin.Founding{Dir: filepath.Join(file, "below"), Now: time.Now()}); err == nil || path != "" {
		t.Errorf("path %q, %v", path, err)
	}
	if page, err := s.List(context.Background(), store.Query{WithAdmins: true}); err != nil || page.Total != 0 {
		t.Errorf("%d records, %v", page.Total, err)
	}
}
