package storetest

import (
	"bytes"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/linkgate/linkgate/store"
)

var vaultTests = []test{
	{"the first value wins", func(t *testing.T, s store.Store) {
		keep(t, s, "key", "first", "first")
		keep(t, s, "key", "second", "first")
		wantKept(t, s, "", map[string][]byte{"key": []byte("first")})
	}},
	{"of many at the same moment one wins, everywhere", func(t *testing.T, s store.Store) {
		got := make([]string, 32)
		together(len(got), func(i int) {
			value, err := s.Keep(t.Context(), "key", []byte{byte(i)})
			if err != nil {
				t.Errorf("Keep: %v", err)
			}
			got[i] = string(value)
		})
		for _, value := range got {
			if value != got[0] {
				t.Fatalf("got %q and %q", got[0], value)
			}
		}
	}},
	{"values are found by prefix", func(t *testing.T, s store.Store) {
		for _, name := range []string{"key/1", "key/2", "key", "keys", "Key/3", "~"} {
			keep(t, s, name, name, name)
		}
		wantKept(t, s, "key/", map[string][]byte{"key/1": []byte("key/1"), "key/2": []byte("key/2")})
		wantKept(t, s, "~", map[string][]byte{"~": []byte("~")})
		wantKept(t, s, "none", map[string][]byte{})
	}},
	{"a value is found by its whole name", func(t *testing.T, s store.Store) {
		keep(t, s, "key/1", "longer", "longer")
		_, err := store.Look(t.Context(), s, "key")
		wantErr(t, err, store.ErrNotFound)
		keep(t, s, "key", "value", "value")
		if got, err := store.Look(t.Context(), s, "key"); err != nil || string(got) != "value" {
			t.Errorf("found %q, %v", got, err)
		}
	}},
	{"a forgotten name is gone and free", func(t *testing.T, s store.Store) {
		keep(t, s, "key", "old", "old")
		if err := s.Forget(t.Context(), "key"); err != nil {
			t.Fatal(err)
		}
		wantErr(t, s.Forget(t.Context(), "key"), store.ErrNotFound)
		wantErr(t, s.Forget(t.Context(), "never"), store.ErrNotFound)
		wantKept(t, s, "", map[string][]byte{})
		keep(t, s, "key", "new", "new")
	}},
	{"values are kept byte for byte", func(t *testing.T, s store.Store) {
		for name, value := range map[string]string{
			"empty": "", "bytes": "\x00\xff\r\n\x80", "large": strings.Repeat("\xfe", store.MaxValue),
		} {
			keep(t, s, name, value, value)
			wantKept(t, s, name, map[string][]byte{name: []byte(value)})
		}
	}},
	{"a bad name or a large value is invalid", func(t *testing.T, s store.Store) {
		for _, name := range []string{"", "é", "a\x00", "a\n", strings.Repeat("x", store.MaxName+1)} {
			_, err := s.Keep(t.Context(), name, nil)
			wantErr(t, err, store.ErrInvalid)
		}
		_, err := s.Keep(t.Context(), "large", make([]byte, store.MaxValue+1))
		wantErr(t, err, store.ErrInvalid)
		wantKept(t, s, "", map[string][]byte{})
	}},
	{"the caller's bytes stay the caller's", func(t *testing.T, s store.Store) {
		value := []byte("secret")
		got, err := s.Keep(t.Context(), "key", value)
		if err != nil {
			t.Fatal(err)
		}
		value[0] = 'X'
		if string(got) != "secret" {
			t.Fatal("the answer shares the caller's memory")
		}
		wantKept(t, s, "", map[string][]byte{"key": []byte("secret")})
	}},
	{"tokens and values do not meet", func(t *testing.T, s store.Store) {
		token := create(t, s)
		keep(t, s, token.Link, "value", "value")
		wantRecord(t, s, store.Record{Token: token})
		wantTotal(t, s, "", 1)
		if err := s.Delete(t.Context(), token.Link); err != nil {
			t.Fatal(err)
		}
		wantKept(t, s, "", map[string][]byte{token.Link: []byte("value")})
	}},
}

func keep(t *testing.T, s store.Store, name, value, want string) {
	t.Helper()
	got, err := s.Keep(t.Context(), name, []byte(value))
	if err != nil || !bytes.Equal(got, []byte(want)) {
		t.Fatalf("Keep: got %q, error %v; want %q", got, err, want)
	}
}

func wantKept(t *testing.T, s store.Store, prefix string, want map[string][]byte) {
	t.Helper()
	got, err := s.Kept(t.Context(), prefix)
	if err != nil {
		t.Fatalf("Kept: %v", err)
	}
	equal := cmp.Comparer(bytes.Equal)
	if diff := cmp.Diff(want, got, equal); diff != "" {
		t.Fatalf("kept under %q (-want +got):\n%s", prefix, diff)
	}
}
