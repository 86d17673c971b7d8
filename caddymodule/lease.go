package caddymodule

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"

	"github.com/caddyserver/caddy/v2"
	"go.uber.org/zap"

	"github.com/linkgate/linkgate/admin"
	"github.com/linkgate/linkgate/store"
)

// openTimeout bounds what is done with a store before it serves, so that a
// start cannot hang on it.
const openTimeout = 30 * time.Second

// stores holds every open store of this process, counted by the configurations
// that use it: a reload runs the new configuration before it ends the old one,
// and a database directory can be open only once.
var stores = caddy.NewUsagePool()

// An openStore is one store of this process.
type openStore struct {
	store.Store
	name  string // of its module, such as badger
	terms string
	log   *zap.Logger
}

// Look implements [store.Looker] as well as the store does.
func (s *openStore) Look(ctx context.Context, name string) ([]byte, error) {
	return store.Look(ctx, s.Store, name)
}

// Destruct closes the store when the last configuration let go of it. Requests
// that are still under way find it closed and are refused.
func (s *openStore) Destruct() error {
	if err := s.Close(); err != nil {
		return fmt.Errorf("closing token store: %w", err)
	}
	s.log.Info("token store closed")
	return nil
}

// A lease is one configuration's share in an open store.
type lease struct {
	*openStore
	key     string
	release sync.Once
}

// acquire opens the store that p describes, or takes a share in it where this
// process has it open already.
func acquire(p StoreProvider, log *zap.Logger) (*lease, error) {
	key, err := p.Resource()
	if err != nil {
		return nil, err
	}
	v, loaded, err := stores.LoadOrNew(key, func() (caddy.Destructor, error) { return open(p, key, log) })
	if err != nil {
		return nil, fmt.Errorf("opening token store: %w", err)
	}
	l := &lease{openStore: v.(*openStore), key: key}
	if err := l.agree(p); loaded && err != nil {
		return nil, errors.Join(err, l.Release())
	}
	return l, nil
}

// agree returns an error where the store is open on other terms than p's.
func (s *openStore) agree(p StoreProvider) error {
	if terms := p.Terms(); s.terms != terms {
		return fmt.Errorf("opening token store: it is open with %q and a reload cannot change that to %q: restart Caddy to do so", s.terms, terms)
	}
	return nil
}

// checkTerms finds out early, before anything of a configuration has started,
// whether this process has the store open on other terms.
func checkTerms(p StoreProvider) error {
	key, err := p.Resource()
	if err != nil {
		// who only validates need not be able to read the place
		return nil
	}
	stores.Range(func(k, v any) bool {
		if k == key {
			err = v.(*openStore).agree(p)
		}
		return err == nil
	})
	return err
}

// Release gives the share back, once however often it is called.
func (l *lease) Release() (err error) {
	l.release.Do(func() { _, err = stores.Delete(l.key) })
	return err
}

// open opens a store and makes the first credential in an empty one.
func open(p StoreProvider, resource string, log *zap.Logger) (*openStore, error) {
	s, err := p.Open(log.Named("store"))
	if err != nil {
		return nil, err
	}
	o := &openStore{Store: s, name: p.CaddyModule().ID.Name(), terms: p.Terms(), log: log}
	log.Info("token store opened",
		zap.String("store", o.name),
		zap.String("resource", resource),
		zap.String("terms", o.terms),
		zap.String("promise", promiseOf(s)))

	ctx, cancel := context.WithTimeout(context.Background(), openTimeout)
	defer cancel()
	file, err := admin.Bootstrap(ctx, s, admin.Founding{Dir: p.DataDir(), Store: resource, Now: time.Now()})
	if err != nil {
		_ = s.Close()
		return nil, fmt.Errorf("making the first admin credential: %w", err)
	}
	if file != "" {
		log.Info("made the first admin credential; keep it and delete the file", zap.String("file", file))
	}
	return o, nil
}
