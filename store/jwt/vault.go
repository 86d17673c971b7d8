package jwt

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"

	"github.com/linkgate/linkgate/store"
)

// VaultName is the name in the vault of the key that was made at first start.
// To forget it is to retire it.
const VaultName = "jwt_key"

// LoadKeyring makes the keyring of a deployment.
//
// With configured keys the first signs, and all of them verify; a key that the
// vault keeps verifies too, until it is forgotten. Without configured keys the
// kept key signs, and is made first where there is none. All gateways on one
// vault agree on it, however many start at once.
func LoadKeyring(ctx context.Context, vault store.Vault, configured []Key) (*Keyring, error) {
	kept, err := keptKey(ctx, vault)
	switch {
	case err == nil:
	case !errors.Is(err, store.ErrNotFound):
		return nil, err
	case len(configured) > 0:
		return NewKeyring(configured[0], configured[1:]...)
	default:
		if kept, err = keepKey(ctx, vault, GenerateKey()); err != nil {
			return nil, err
		}
	}
	if len(configured) == 0 {
		return NewKeyring(kept)
	}
	for _, key := range configured {
		// Who wrote the kept key into the configuration has it once.
		if key.ID == kept.ID && string(key.Secret) == string(kept.Secret) {
			return NewKeyring(configured[0], configured[1:]...)
		}
	}
	k, err := NewKeyring(configured[0], append(configured[1:len(configured):len(configured)], kept)...)
	if err != nil {
		return nil, fmt.Errorf("joining the configured jwt keys with the one in the store: %w", err)
	}
	return k, nil
}

// keptKey returns the key in the vault, or store.ErrNotFound. It reads only: a
// store that cannot write any more still knows its key.
func keptKey(ctx context.Context, vault store.Vault) (Key, error) {
	value, err := store.Look(ctx, vault, VaultName)
	if err != nil {
		return Key{}, fmt.Errorf("reading the jwt key in the store: %w", err)
	}
	return decodeKey(value)
}

// keepKey keeps key unless another gateway was faster, and returns what is
// kept.
func keepKey(ctx context.Context, vault store.Vault, key Key) (Key, error) {
	value, err := json.Marshal(keptForm(key))
	if err != nil {
		return Key{}, fmt.Errorf("encoding the jwt key: %w", err)
	}
	if value, err = vault.Keep(ctx, VaultName, value); err != nil {
		return Key{}, fmt.Errorf("keeping the jwt key in the store: %w", err)
	}
	return decodeKey(value)
}

// keptForm is a key as it lies in the vault.
type keptForm struct {
	ID     string `json:"kid"`
	Secret []byte `json:"secret"`
}

func decodeKey(value []byte) (Key, error) {
	var form keptForm
	if json.Unmarshal(value, &form) != nil {
		// What the decoder says could quote the value.
		return Key{}, fmt.Errorf("reading the jwt key in the store: %w: it is damaged", store.ErrUnavailable)
	}
	return Key(form), nil
}
