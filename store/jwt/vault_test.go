package jwt_test

import (
	"context"
	"errors"
	"strings"
	"sync"
	"testing"

	"github.com/linkgate/linkgate/store"
	"github.com/linkgate/linkgate/store/jwt"
	"github.com/linkgate/linkgate/store/memory"
)

func mustLoad(t *testing.T, vault store.Vault, configured ...jwt.Key) *jwt.Keyring {
	t.Helper()
	ring, err := jwt.LoadKeyring(t.Context(), vault, configured)
	if err != nil {
		t.Fatal(err)
	}
	return ring
}

func verifies(t *testing.T, ring *jwt.Keyring, raw string) {
	t.Helper()
	if _, err := ring.Verify(raw); err != nil {
		t.Error(err)
	}
}

func TestAKeyIsMadeAtFirstStartAndStays(t *testing.T) {
	t.Parallel()
	vault := memory.New()
	raw := mustSign(t, mustLoad(t, vault), testClaims)
	again := mustLoad(t, vault)
	verifies(t, again, raw)
	if mustSign(t, again, testClaims) != raw {
		t.Error("the second start signs with another key")
	}
	refused(t, mustLoad(t, memory.New()), raw, "kid")
}

func TestAllGatewaysThatStartAtOnceAgreeOnOneKey(t *testing.T) {
	t.Parallel()
	vault := memory.New()
	var wg sync.WaitGroup
	signed := make([]string, 16)
	for i := range signed {
		wg.Go(func() { signed[i] = mustSign(t, mustLoad(t, vault), testClaims) })
	}
	wg.Wait()
	for _, raw := range signed {
		if raw != signed[0] {
			t.Fatal("two gateways have different keys")
		}
	}
}

// loser is a vault on which another gateway keeps its key between our look and
// our attempt.
type loser struct {
	*memory.Store
	winner []byte
}

func (l loser) Keep(ctx context.Context, name string, value []byte) ([]byte, error) {
	if _, err := l.Store.Keep(ctx, name, l.winner); err != nil {
		return nil, err
	}
	return l.Store.Keep(ctx, name, value)
}

func TestTheKeyOfAFasterGatewayWins(t *testing.T) {
	t.Parallel()
	other := memory.New()
	theirs := mustLoad(t, other)
	kept, err := other.Kept(t.Context(), jwt.VaultName)
	if err != nil {
		t.Fatal(err)
	}
	ours := mustLoad(t, loser{memory.New(), kept[jwt.VaultName]})
	if mustSign(t, ours, testClaims) != mustSign(t, theirs, testClaims) {
		t.Error("the gateway signs with a key that was not kept")
	}
}

func TestConfiguredKeysSignAndTheKeptOneVerifiesUntilForgotten(t *testing.T) {
	t.Parallel()
	vault := memory.New()
	old := mustSign(t, mustLoad(t, vault), testClaims)
	second := jwt.GenerateKey()
	ring := mustLoad(t, vault, testKey, second)
	if mustSign(t, ring, testClaims) != mustSign(t, mustRing(t, testKey), testClaims) {
		t.Error("it is not the first configured key that signs")
	}
	verifies(t, ring, mustSign(t, mustRing(t, second), testClaims))
	verifies(t, ring, old)

	if err := vault.Forget(t.Context(), jwt.VaultName); err != nil {
		t.Fatal(err)
	}
	refused(t, mustLoad(t, vault, testKey, second), old, "kid")
}

func TestConfiguredKeysLeaveAnEmptyVaultEmpty(t *testing.T) {
	t.Parallel()
	vault := memory.New()
	mustLoad(t, vault, testKey)
	if kept, err := vault.Kept(t.Context(), ""); err != nil || len(kept) > 0 {
		t.Errorf("%d values are kept, %v", len(kept), err)
	}
}

func TestAKeyOfALongerNameIsNotTheKeptOne(t *testing.T) {
	t.Parallel()
	vault := memory.New()
	if _, err := vault.Keep(t.Context(), jwt.VaultName+"_old", []byte("x")); err != nil {
		t.Fatal(err)
	}
	mustSign(t, mustLoad(t, vault), testClaims)
}

func TestTheKeptKeyMayBeWrittenIntoTheConfiguration(t *testing.T) {
	t.Parallel()
	vault := memory.New()
	kept := `{"kid":"k1","secret":"bm90IHNvIHNlY3JldCwgYnV0IGxvbmcgYW5kIHZhcmllZCBlbm91Z2g="}` // testKey
	if _, err := vault.Keep(t.Context(), jwt.VaultName, []byte(kept)); err != nil {
		t.Fatal(err)
	}
	verifies(t, mustLoad(t, vault, testKey), sealed(goodHeader, goodPayload))
	verifies(t, mustLoad(t, vault, jwt.GenerateKey(), testKey), sealed(goodHeader, goodPayload))

	impostor := jwt.Key{ID: testKey.ID, Secret: jwt.GenerateKey().Secret}
	if _, err := jwt.LoadKeyring(t.Context(), vault, []jwt.Key{impostor}); err == nil || !strings.Contains(err.Error(), `"k1"`) {
		t.Errorf("two secrets under one kid: %v", err)
	}
}

// readOnly is a vault on a full disk.
type readOnly struct{ *memory.Store }

func (readOnly) Keep(context.Context, string, []byte) ([]byte, error) {
	return nil, store.ErrUnavailable
}

func TestAStoreThatCannotWriteStillKnowsItsKey(t *testing.T) {
	t.Parallel()
	vault := memory.New()
	raw := mustSign(t, mustLoad(t, vault), testClaims)
	verifies(t, mustLoad(t, readOnly{vault}), raw)

	if _, err := jwt.LoadKeyring(t.Context(), readOnly{memory.New()}, nil); !errors.Is(err, store.ErrUnavailable) {
		t.Errorf("a key that could not be kept is used: %v", err)
	}
}

func TestLoadKeyringSaysWhatIsWrongWithoutTheSecret(t *testing.T) {
	t.Parallel()
	closed := memory.New()
	if err := closed.Close(); err != nil {
		t.Fatal(err)
	}
	for _, configured := range [][]jwt.Key{nil, {testKey}} {
		if _, err := jwt.LoadKeyring(t.Context(), closed, configured); !errors.Is(err, store.ErrClosed) {
			t.Errorf("a closed store: %v", err)
		}
	}
	for name, value := range map[string]string{
		"no JSON":        "SECRETSECRETSECRETSECRETSECRETSECRET",
		"no base64":      `{"kid":"k1","secret":"SECRET SECRET SECRET SECRET SECRET!"}`,
		"a short secret": `{"kid":"k1","secret":"U0VDUkVU"}`,
		"an empty kid":   `{"secret":"bm90IHNvIHNlY3JldCwgYnV0IGxvbmcgYW5kIHZhcmllZCBlbm91Z2g="}`,
		"another type":   `{"kid":{"SECRET":"SECRET"},"secret":1}`,
	} {
		vault := memory.New()
		if _, err := vault.Keep(t.Context(), jwt.VaultName, []byte(value)); err != nil {
			t.Fatal(err)
		}
		for _, configured := range [][]jwt.Key{nil, {jwt.GenerateKey()}} {
			_, err := jwt.LoadKeyring(t.Context(), vault, configured)
			if err == nil || strings.Contains(err.Error(), "SECRET") || strings.Contains(err.Error(), "bm90") {
				t.Errorf("%s: %v", name, err)
			}
		}
	}
}
