package caddymodule

import (
	"fmt"

	"github.com/caddyserver/caddy/v2"
	"go.uber.org/zap"

	"github.com/linkgate/linkgate/store"
)

// A StoreProvider is a module in the namespace linkgate.stores. It describes a
// store and opens it; it holds no open resource itself, because a
// configuration that is only validated must not touch one.
type StoreProvider interface {
	caddy.Module

	// Resource names what Open would open, in one spelling only, so that all
	// configurations that mean the same resource share one open store. It
	// creates nothing.
	Resource() (string, error)

	// Terms describes the options that an open store cannot change, without
	// any secret. A reload that means the same resource on other terms is
	// refused.
	Terms() string

	// Open opens the store.
	Open(log *zap.Logger) (store.Store, error)

	// DataDir is where files go that belong beside the store.
	DataDir() string
}

// A sharedProvider is a [StoreProvider] whose store other gateways change too.
type sharedProvider interface {
	StoreProvider

	// Shared reports whether what this process knows of the store can be
	// overtaken by what another one does.
	Shared() bool
}

// isShared reports whether others change the store as well.
func isShared(p StoreProvider) bool {
	s, ok := p.(sharedProvider)
	return ok && s.Shared()
}

// A promiser is a store that says in a line for operators what it is and what
// it promises.
type promiser interface{ Promise() string }

// promiseOf is what a store says of itself; a store that says nothing is known
// by its name only.
func promiseOf(s store.Store) string {
	if p, ok := innermost(s).(promiser); ok {
		return p.Promise()
	}
	return ""
}

// innermost is the store itself, below what shares it.
func innermost(s store.Store) store.Store {
	switch shared := s.(type) {
	case *lease:
		return shared.Store
	case *openStore:
		return shared.Store
	}
	return s
}

// replaced is an option's text with its placeholders replaced.
func replaced(option, text string) (string, error) {
	out, err := caddy.NewReplacer().ReplaceOrErr(text, true, true)
	if err != nil {
		return "", fmt.Errorf("%s: %w", option, err)
	}
	return out, nil
}
