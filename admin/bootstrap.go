package admin

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/linkgate/linkgate/store"
)

// A Founding is where and when the first credential is made.
type Founding struct {
	// Dir is the directory for its file.
	Dir string

	// Store names the store, so that drafts for several stores can lie in one
	// directory. It may be any text.
	Store string

	// Now is the time.
	Now time.Time
}

// Bootstrap makes the first credential where the store is empty: it holds all
// scopes and is written to initial_admin.json (mode 0600) in the directory,
// whose path is returned. Where the store is not empty nothing happens and the
// path is empty. The secret is in that file and nowhere else.
//
// However many gateways start on one empty store, and wherever one of them
// breaks off, there is one credential, and its file is where it was made:
//
//  1. The secret is made durable in a draft of the file.
//  2. The record is claimed in the vault, where the first claim wins.
//  3. Whoever sees the claim and an empty store keeps the claimed record, even
//     where its maker is gone; so nobody waits for anybody.
//  4. Its maker, or who finds his draft at a later start, makes the draft the
//     file and forgets the claim.
//
// A claim that comes when all is done, because its maker was late, finds a
// store that is not empty and is given up.
func Bootstrap(ctx context.Context, s store.Store, f Founding) (path string, err error) {
	c, claimed, err := readClaim(ctx, s)
	if err != nil {
		return "", err
	}
	if !claimed {
		empty, err := isEmpty(ctx, s)
		if err != nil || !empty {
			return "", err
		}
		if c, err = makeClaim(ctx, s, f); err != nil {
			return "", err
		}
	}
	return c.carryOut(ctx, s, f.draft(c.UUID))
}

// isEmpty reports whether the store keeps no record. The total alone does not
// tell: on a cluster it may lag.
func isEmpty(ctx context.Context, s store.Store) (bool, error) {
	page, err := s.List(ctx, store.Query{Limit: 1, WithAdmins: true})
	if err != nil {
		return false, fmt.Errorf("looking for credentials: %w", err)
	}
	return page.Total == 0 && len(page.Records) == 0, nil
}

// carryOut does what there is left to do for a claim, and returns the path of
// the credential's file if it is here.
func (c claim) carryOut(ctx context.Context, s store.Store, d draft) (path string, err error) {
	empty, err := isEmpty(ctx, s)
	if err != nil {
		return "", err
	}
	here := d.exists() || d.published(c.Link)
	switch {
	case empty:
		if err := s.Create(ctx, c.record()); err != nil && !errors.Is(err, store.ErrExists) {
			return "", fmt.Errorf("keeping the first credential: %w", err)
		}
	case here:
		if _, err := s.Get(ctx, c.Link); errors.Is(err, store.ErrNotFound) {
			// Another credential was made in the meantime.
			return "", errors.Join(d.remove(), forgetClaim(ctx, s))
		} else if err != nil {
			return "", fmt.Errorf("looking for the first credential: %w", err)
		}
	}
	if !here {
		return "", nil
	}
	if path, err = d.publish(); err != nil {
		return "", fmt.Errorf("writing the first credential: %w", err)
	}
	return path, forgetClaim(ctx, s)
}
