package storetest

import (
	"context"

	"github.com/linkgate/linkgate/store"
)

// A call is one of a store's methods with arguments under which it succeeds.
type call struct {
	name string
	do   func(ctx context.Context, s store.Store) error
}

// calls returns one call of every method but Close. link has to be kept, and
// fresh not; "kept" has to be in the vault.
func calls(link, fresh string) []call {
	return []call{
		{"Use", func(ctx context.Context, s store.Store) error { _, err := s.Use(ctx, attempt(link)); return err }},
		{"GiveBack", func(ctx context.Context, s store.Store) error {
			// A store that is closed returns no record and has to say so all the same.
			r, _ := s.Get(context.WithoutCancel(ctx), link)
			return s.GiveBack(ctx, store.Decision{Token: &r.Token})
		}},
		{"Peek", func(ctx context.Context, s store.Store) error { _, err := s.Peek(ctx, attempt(link)); return err }},
		{"Get", func(ctx context.Context, s store.Store) error { _, err := s.Get(ctx, link); return err }},
		{"Create", func(ctx context.Context, s store.Store) error {
			token := newToken()
			token.Link = fresh
			return s.Create(ctx, store.Record{Token: token})
		}},
		{"Update", func(ctx context.Context, s store.Store) error {
			_, err := s.Update(ctx, link, func(t *store.Token) error { t.RID = "changed"; return nil })
			return err
		}},
		{"List", func(ctx context.Context, s store.Store) error { _, err := s.List(ctx, store.Query{}); return err }},
		{"Health", func(ctx context.Context, s store.Store) error { return s.Health(ctx) }},
		{"Keep", func(ctx context.Context, s store.Store) error { _, err := s.Keep(ctx, "new", []byte("x")); return err }},
		{"Kept", func(ctx context.Context, s store.Store) error { _, err := s.Kept(ctx, ""); return err }},
		{"Forget", func(ctx context.Context, s store.Store) error { return s.Forget(ctx, "kept") }},
		{"DeleteIf", func(ctx context.Context, s store.Store) error { return s.DeleteIf(ctx, fresh, agreed) }},
		{"Delete", func(ctx context.Context, s store.Store) error { return s.Delete(ctx, link) }},
	}
}

// agreed lets any token be deleted.
func agreed(*store.Token) error { return nil }
