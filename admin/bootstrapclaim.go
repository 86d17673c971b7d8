package admin

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"github.com/linkgate/linkgate/store"
)

// ClaimName is the name in the vault of what says that the first credential is
// being made. It is there for a moment.
const ClaimName = "first_admin"

// A claim says which record is to be the first credential.
type claim struct {
	Link    string    `json:"link"`
	UUID    string    `json:"uuid"`
	Created time.Time `json:"created"`
	Hash    string    `json:"hash"`
}

// record is the record that the claim is for, the same whoever makes it.
func (c claim) record() store.Record {
	return store.Record{Token: store.Token{
		Link: c.Link, UUID: c.UUID,
		State: store.Enabled, Created: c.Created, Modified: c.Created,
		HashedAccessToken: c.Hash,
		Scopes:            []store.Scope{store.ScopeRead, store.ScopeWrite, store.ScopeAdmin},
	}}
}

// makeClaim makes a credential, its draft and a claim for it, and returns the
// claim that holds, which may be somebody else's. A draft that was left over,
// because nobody could say what became of its claim, is taken up again.
func makeClaim(ctx context.Context, s store.Store, f Founding) (claim, error) {
	d, c, found := f.leftOver()
	if !found {
		d, c = f.draft(newUUID()), credential{store.NewLink(), newSecret()}
		if err := d.write(c); err != nil {
			return claim{}, fmt.Errorf("writing the first credential: %w", err)
		}
	}
	hash, err := hashSecret(c.secret, hashCost)
	if err != nil {
		return claim{}, fmt.Errorf("making the first credential: %w", err)
	}
	value, err := json.Marshal(claim{Link: c.id, UUID: d.uuid, Created: f.Now.UTC().Truncate(time.Microsecond), Hash: hash})
	if err != nil {
		return claim{}, fmt.Errorf("making the first credential: %w", err)
	}
	if value, err = s.Keep(ctx, ClaimName, value); err != nil {
		return claim{}, fmt.Errorf("claiming the first credential: %w", err)
	}
	kept, err := decodeClaim(value)
	if err == nil && kept.UUID != d.uuid {
		err = d.remove()
	}
	return kept, err
}

// readClaim returns the claim that is kept, if there is one.
func readClaim(ctx context.Context, s store.Store) (c claim, claimed bool, err error) {
	value, err := store.Look(ctx, s, ClaimName)
	if errors.Is(err, store.ErrNotFound) {
		return claim{}, false, nil
	}
	if err != nil {
		return claim{}, false, fmt.Errorf("looking for the first credential: %w", err)
	}
	c, err = decodeClaim(value)
	return c, true, err
}

func decodeClaim(value []byte) (c claim, err error) {
	if json.Unmarshal(value, &c) != nil {
		// What the decoder says could quote the value.
		return claim{}, fmt.Errorf("looking for the first credential: %w: the claim in the store is damaged", store.ErrUnavailable)
	}
	return c, nil
}

// forgetClaim ends the making of the first credential.
func forgetClaim(ctx context.Context, s store.Store) error {
	if err := s.Forget(ctx, ClaimName); err != nil && !errors.Is(err, store.ErrNotFound) {
		return fmt.Errorf("ending the making of the first credential: %w", err)
	}
	return nil
}
