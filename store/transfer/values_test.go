package transfer_test

import (
	"context"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/linkgate/linkgate/store"
	"github.com/linkgate/linkgate/store/memory"
	"github.com/linkgate/linkgate/store/transfer"
)

func keep(t *testing.T, s store.Vault, name, value string) {
	t.Helper()
	if _, err := s.Keep(t.Context(), name, []byte(value)); err != nil {
		t.Fatal(err)
	}
}

func values(t *testing.T, s store.Vault) map[string]string {
	t.Helper()
	kept, err := s.Kept(t.Context(), "")
	if err != nil {
		t.Fatal(err)
	}
	out := map[string]string{}
	for name, value := range kept {
		out[name] = string(value)
	}
	return out
}

func TestTheKeysOfTheSourceReplaceThoseOfATargetThatHasNoTokens(t *testing.T) {
	t.Parallel()
	old := full(1)
	old.Token.Scopes = []store.Scope{store.ScopeAdmin}
	for name, c := range map[string]struct {
		has     []store.Record
		replace bool
		tally   transfer.Tally
		key     string
	}{
		"an empty target":           {nil, false, transfer.Tally{Taken: 1, Same: 1, Updated: 1}, "of the source"},
		"a target with its admin":   {[]store.Record{old}, false, transfer.Tally{Taken: 1, Same: 1, Updated: 1}, "of the source"},
		"a target with tokens":      {[]store.Record{full(2)}, false, transfer.Tally{Taken: 1, Same: 1, Foreign: 1}, "of the target"},
		"one where it is wanted so": {[]store.Record{full(2)}, true, transfer.Tally{Taken: 1, Same: 1, Updated: 1}, "of the source"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			from, to := memory.New(), memory.New()
			keep(t, from, "key", "of the source")
			keep(t, from, "key/2", "only there")
			keep(t, from, "both", "the same")
			keep(t, from, "secret", "stays")
			keep(t, to, "key", "of the target")
			keep(t, to, "both", "the same")
			if len(c.has) > 0 {
				mustCreate(t, to, c.has...)
			}
			moved, err := transfer.Values(t.Context(), from, "secret")
			if err != nil {
				t.Fatal(err)
			}
			tally, err := transfer.TakeValues(t.Context(), to, moved, c.replace)
			if err != nil || tally != c.tally {
				t.Errorf("the tally is %+v, %v", tally, err)
			}
			want := map[string]string{"key": c.key, "key/2": "only there", "both": "the same"}
			if diff := cmp.Diff(want, values(t, to)); diff != "" {
				t.Error(diff)
			}
		})
	}
}

// A stubborn vault is one to which a gateway brings back a key of its own, some
// times, as soon as it is gone.
type stubborn struct {
	store.Store
	times int
}

func (s *stubborn) Forget(ctx context.Context, name string) error {
	err := s.Store.Forget(ctx, name)
	if s.times > 0 {
		s.times--
		_, _ = s.Keep(ctx, name, []byte("brought back"))
	}
	return err
}

func TestAKeyThatAGatewayBringsBackIsReplacedAgain(t *testing.T) {
	t.Parallel()
	for times, fails := range map[int]bool{3: false, 1000: true} {
		s := &stubborn{memory.New(), times}
		keep(t, s, "key", "old")
		_, err := transfer.TakeValues(t.Context(), s, []transfer.Value{{Name: "key", Value: []byte("new")}}, false)
		if (err != nil) != fails || !fails && values(t, s)["key"] != "new" {
			t.Errorf("brought back %d times: %v, %v", times, values(t, s), err)
		}
	}
}

func TestTheSumsOfValuesShowNoValue(t *testing.T) {
	t.Parallel()
	a, b := memory.New(), memory.New()
	keep(t, a, "key", "secret")
	keep(t, b, "key", "secret")
	keep(t, b, "other", "x")
	sums, err := transfer.ValueSums(t.Context(), a)
	if err != nil || len(sums) != 1 || string(sums[0].Value) == "secret" || len(sums[0].Value) != 32 {
		t.Fatalf("%v, %v", sums, err)
	}
	twin, _ := transfer.ValueSums(t.Context(), b, "other")
	if diff := cmp.Diff(sums, twin); diff != "" {
		t.Error(diff)
	}
}
