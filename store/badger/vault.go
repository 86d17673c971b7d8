package badger

import (
	"bytes"
	"context"
	"errors"
	"fmt"

	engine "github.com/dgraph-io/badger/v4"

	"github.com/linkgate/linkgate/store"
)

// Keep implements [store.Vault].
func (s *Store) Keep(ctx context.Context, name string, value []byte) ([]byte, error) {
	if err := s.drain.enter(); err != nil {
		return nil, err
	}
	defer s.drain.leave()
	if err := errors.Join(store.CheckName(name), store.CheckValue(value)); err != nil {
		return nil, fmt.Errorf("keeping a value: %w", err)
	}
	var kept []byte
	err := s.submit(ctx, &op{run: func(txn *engine.Txn) (err error) {
		kept, err = getValue(txn, vaultKey(name))
		if !errors.Is(err, store.ErrNotFound) {
			return err
		}
		kept = bytes.Clone(value)
		return set(txn, vaultKey(name), value)
	}})
	if err != nil {
		return nil, fmt.Errorf("keeping a value: %w", err)
	}
	return kept, nil
}

// Kept implements [store.Vault].
func (s *Store) Kept(ctx context.Context, prefix string) (map[string][]byte, error) {
	if err := s.drain.enter(); err != nil {
		return nil, err
	}
	defer s.drain.leave()
	out := map[string][]byte{}
	err := s.view(ctx, func(txn *engine.Txn) error {
		it := txn.NewIterator(engine.IteratorOptions{Prefix: vaultKey(prefix)})
		defer it.Close()
		for it.Rewind(); it.Valid(); it.Next() {
			key := it.Item().KeyCopy(nil)
			value, err := getValue(txn, key)
			if err != nil {
				return err
			}
			out[string(key[len(vaultKey("")):])] = value
		}
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("reading kept values: %w", err)
	}
	return out, nil
}

// Forget implements [store.Vault].
func (s *Store) Forget(ctx context.Context, name string) error {
	if err := s.drain.enter(); err != nil {
		return err
	}
	defer s.drain.leave()
	return s.submit(ctx, &op{run: func(txn *engine.Txn) error {
		if _, err := getValue(txn, vaultKey(name)); err != nil {
			return fmt.Errorf("forgetting a value: %w", err)
		}
		return txn.Delete(vaultKey(name))
	}})
}

func getValue(txn *engine.Txn, key []byte) ([]byte, error) {
	value := []byte{}
	_, err := get(txn, key, func(body []byte) error {
		value = append(value, body...)
		return nil
	})
	return value, err
}
