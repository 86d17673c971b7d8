package badger

import (
	"bytes"
	"errors"
	"fmt"
	"strings"
	"testing"

	engine "github.com/dgraph-io/badger/v4"

	"github.com/linkgate/linkgate/store"
)

func TestDamagedValueAdmitsNobody(t *testing.T) {
	t.Parallel()
	flip := func(key func(id) []byte, at int) func(txn *engine.Txn, i, other id) error {
		return func(txn *engine.Txn, i, _ id) error {
			return rewrite(txn, key(i), func(value []byte) []byte { value[at] ^= 1; return value })
		}
	}
	for name, damage := range map[string]func(txn *engine.Txn, i, other id) error{
		"the counter is gone":                 func(txn *engine.Txn, i, _ id) error { return txn.Delete(i.counterKey()) },
		"the record is gone":                  func(txn *engine.Txn, i, _ id) error { return txn.Delete(i.recordKey()) },
		"a bit of the counter is flipped":     flip(id.counterKey, 12),
		"a bit of its checksum is flipped":    flip(id.counterKey, 1),
		"a bit of its version is flipped":     flip(id.counterKey, 0),
		"a bit of the record is flipped":      flip(id.recordKey, 30),
		"a bit of its length is flipped":      flip(id.recordKey, sealLen),
		"the counter is empty":                func(txn *engine.Txn, i, _ id) error { return txn.Set(i.counterKey(), nil) },
		"the counter is another token's":      func(txn *engine.Txn, i, o id) error { return move(txn, o.counterKey(), i.counterKey()) },
		"the record is another token's":       func(txn *engine.Txn, i, o id) error { return move(txn, o.recordKey(), i.recordKey()) },
		"the counter is negative":             func(txn *engine.Txn, i, _ id) error { return set(txn, i.counterKey(), encodeCounter(-1)) },
		"the counter has an unknown layout":   func(txn *engine.Txn, i, _ id) error { return set(txn, i.counterKey(), bytes.Repeat([]byte{1}, 11)) },
		"the record has an unknown field":     func(txn *engine.Txn, i, _ id) error { return setText(txn, i, `"not_on_sundays":true`) },
		"the record names another link":       func(txn *engine.Txn, i, _ id) error { return setText(txn, i, `"link":"`+store.NewLink()+`"`) },
		"the record is cut off":               func(txn *engine.Txn, i, _ id) error { return set(txn, i.recordKey(), []byte{0, 0, 9, 9, '{'}) },
		"the record is shorter than a length": func(txn *engine.Txn, i, _ id) error { return set(txn, i.recordKey(), []byte{0}) },
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			o := Options{Path: t.TempDir()}
			s := open(t, o)
			links := kept(t, s, 2)
			if err := s.Close(); err != nil {
				t.Fatal(err)
			}
			i, _ := parseID(links[0])
			other, _ := parseID(links[1])
			tamper(t, o, func(txn *engine.Txn) error { return damage(txn, i, other) })
			s = open(t, o)
			everyCallFails(t, s, links[0])
			if d, err := s.Use(t.Context(), store.Attempt{Link: links[1]}); err != nil || d.Counter != 2 {
				t.Fatalf("the other token: got counter %d, error %v", d.Counter, err)
			}
		})
	}
}

// everyCallFails expects each call that needs the record to say that it is
// damaged, and not that it is unknown.
func everyCallFails(t *testing.T, s *Store, link string) {
	t.Helper()
	a := store.Attempt{Link: link}
	d, err := s.Use(t.Context(), a)
	for call, err := range map[string]error{
		"Use":    err,
		"Peek":   second(s.Peek(t.Context(), a)),
		"Get":    second(s.Get(t.Context(), link)),
		"Create": s.Create(t.Context(), store.Record{Token: store.Token{Link: link}}),
		"Update": second(s.Update(t.Context(), link, func(*store.Token) error { return nil })),
		"Delete": s.Delete(t.Context(), link),
		"List":   second(s.List(t.Context(), store.Query{})),
	} {
		if !errors.Is(err, store.ErrUnavailable) || !errors.Is(err, ErrCorrupt) {
			t.Errorf("%s: got %v, want ErrUnavailable and ErrCorrupt", call, err)
		}
		if err != nil && strings.Contains(err.Error(), link) {
			t.Errorf("%s: the error shows the link", call)
		}
	}
	if d.Token != nil || d.Counter != 0 {
		t.Error("a failed use shows a token")
	}
	if err := s.Health(t.Context()); err != nil {
		t.Errorf("one damaged record makes the store unhealthy: %v", err)
	}
}

func second[T any](_ T, err error) error { return err }

func rewrite(txn *engine.Txn, key []byte, change func([]byte) []byte) error {
	item, err := txn.Get(key)
	if err != nil {
		return err
	}
	value, err := item.ValueCopy(nil)
	if err != nil {
		return err
	}
	return txn.Set(key, change(value))
}

func move(txn *engine.Txn, from, to []byte) error {
	item, err := txn.Get(from)
	if err != nil {
		return err
	}
	value, err := item.ValueCopy(nil)
	if err != nil {
		return err
	}
	return txn.Set(to, value)
}

// setText keeps a record of i with one more field, or the same field again.
func setText(txn *engine.Txn, i id, field string) error {
	text := fmt.Sprintf(`{"link":"%x","state":"enabled",%s}`, i[:], field)
	return set(txn, i.recordKey(), append([]byte{0, 0, 0, byte(len(text))}, text...))
}
