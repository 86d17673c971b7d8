package store

import "context"

// A Looker is a [Vault] that finds one value without reading the others.
type Looker interface {
	// Look returns what is kept under name, or [ErrNotFound].
	Look(ctx context.Context, name string) ([]byte, error)
}

// Look returns what a vault keeps under name, or [ErrNotFound]. It reads only.
func Look(ctx context.Context, v Vault, name string) ([]byte, error) {
	if l, ok := v.(Looker); ok {
		return l.Look(ctx, name)
	}
	// The name is a prefix here, and others may begin with it.
	kept, err := v.Kept(ctx, name)
	if err != nil {
		return nil, err
	}
	value, ok := kept[name]
	if !ok {
		return nil, ErrNotFound
	}
	return value, nil
}
