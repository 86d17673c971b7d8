package admin

import (
	"fmt"
	"testing"
	"time"

	"github.com/linkgate/linkgate/store"
)

func TestTheCacheForgetsWhatIsIdle(t *testing.T) {
	t.Parallel()
	c := newCache()
	now := time.Unix(1_800_000_000, 0)
	key := c.key(credential{"id", "secret"}, &store.Token{})
	if c.has(key, now) {
		t.Error("it knows what it was never told")
	}
	c.put(key, now)
	for range 5 { // each use renews
		now = now.Add(cacheIdle - time.Nanosecond)
		if !c.has(key, now) {
			t.Fatal("it forgot too soon")
		}
	}
	if !c.has(key, now.Add(-time.Second)) {
		t.Error("a call that overlaps is not known")
	}
	if now = now.Add(cacheIdle); c.has(key, now) || c.order.Len() != 0 || len(c.uses) != 0 {
		t.Error("it remembers too long")
	}
}

func TestTheCacheIsBoundedAndForgetsTheLongestUnused(t *testing.T) {
	t.Parallel()
	c := newCache()
	now := time.Unix(1_800_000_000, 0)
	key := func(i int) cacheKey { return c.key(credential{"id", fmt.Sprint(i)}, &store.Token{}) }
	for i := range cacheSize {
		c.put(key(i), now)
		c.put(key(i), now)
	}
	c.has(key(0), now)
	c.put(key(cacheSize), now)
	if len(c.uses) != cacheSize || c.order.Len() != cacheSize {
		t.Errorf("%d and %d entries", len(c.uses), c.order.Len())
	}
	if !c.has(key(0), now) || c.has(key(1), now) || !c.has(key(cacheSize), now) {
		t.Error("the wrong one was forgotten")
	}
}

func TestACacheKeyIsOfOneCredentialAndOneStateOfItsRecord(t *testing.T) {
	t.Parallel()
	c := newCache()
	at := time.Unix(1_800_000_000, 1000)
	token := store.Token{HashedAccessToken: "hash", Modified: at}
	keys := map[string]cacheKey{
		"itself":              c.key(credential{"id", "secret"}, &token),
		"no record":           c.key(credential{"id", "secret"}, nil),
		"another secret":      c.key(credential{"id", "secre"}, &token),
		"another id":          c.key(credential{"i", "dsecret"}, &token),
		"another hash":        c.key(credential{"id", "secret"}, &store.Token{HashedAccessToken: "hasj", Modified: at}),
		"a later change":      c.key(credential{"id", "secret"}, &store.Token{HashedAccessToken: "hash", Modified: at.Add(time.Microsecond)}),
		"text moved between":  c.key(credential{"id", "secrethash"}, &store.Token{Modified: at}),
		"another boot's keys": newCache().key(credential{"id", "secret"}, &token),
	}
	seen := map[cacheKey]string{}
	for name, key := range keys {
		if twin, ok := seen[key]; ok {
			t.Errorf("%s and %s have the same key", name, twin)
		}
		seen[key] = name
	}
	if c.key(credential{"id", "secret"}, &token) != keys["itself"] {
		t.Error("a key is not the same twice")
	}
}
