package redis_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/linkgate/linkgate/store"
	"github.com/linkgate/linkgate/store/redis/redistest"
)

// rights are all that a gateway needs of a server.
const rights = "resetchannels -@all +hello +auth +ping +client|tracking +role +info +config|get +time +wait " +
	"+eval +evalsha +exists +get +set +incr +del +hget +hmget +hgetall +hset +hsetnx +hdel +zadd +zrem +zrange +zlexcount"

// TestUserWithFewRights gives the gateway's user the rights that it needs, on
// its own keys, and no other.
func TestUserWithFewRights(t *testing.T) {
	t.Parallel()
	server := redistest.Start(t, append(redistest.Durable(), "user gate on >secret ~gate:* "+rights)...)
	o := on(server.Addr)
	o.Username, o.Password, o.Prefix = "gate", "secret", "gate:"
	logs := watchLog(&o)
	s := checking(t, o)
	limited, free := mustCreate(t, s, 2), mustCreate(t, s, store.NoLimit)
	d := mustUse(t, s, limited, store.Admitted)
	followed(t, s, free)
	if err := s.GiveBack(t.Context(), d); err != nil {
		t.Fatal(err)
	}
	if _, err := s.Update(t.Context(), limited, func(t *store.Token) error { t.Issuer = "x"; return nil }); err != nil {
		t.Fatal(err)
	}
	if page, err := s.List(t.Context(), store.Query{WithAdmins: true}); err != nil || page.Total != 2 {
		t.Fatalf("List: total %d, error %v", page.Total, err)
	}
	for _, do := range []func() error{
		func() error { return s.Delete(t.Context(), limited) },
		func() error { _, err := s.Keep(t.Context(), "key", []byte("x")); return err },
		func() error { _, err := s.Kept(t.Context(), ""); return err },
		func() error { return s.Forget(t.Context(), "key") },
		func() error { return s.Health(t.Context()) },
	} {
		if err := do(); err != nil {
			t.Error(err)
		}
	}
	server.Do(t, "DEL", "gate:epoch")
	redistest.Eventually(t, "the rollback is noticed", func() bool { return s.Rollback() != nil })
	if _, err := s.AcceptRollback(t.Context()); err != nil {
		t.Error(err)
	}
	if n := logs.FilterMessageSnippet("does not tell").Len(); n > 0 {
		t.Error("the server does not tell of changes")
	}
}

// TestErrorsShowNoToken provokes what the server says when it fails.
func TestErrorsShowNoToken(t *testing.T) {
	t.Parallel()
	server := redistest.Start(t, append(redistest.Durable(), "user gate on >secret ~gate:* "+rights)...)
	o := on(server.Addr)
	o.Username, o.Password, o.Prefix = "gate", "secret", "gate:"
	logs := watchLog(&o)
	s := checking(t, o)
	token := newToken(5)
	token.RID = "a secret rid"
	if err := s.Create(t.Context(), store.Record{Token: token}); err != nil {
		t.Fatal(err)
	}
	link, key := token.Link, "gate:c:{"+token.Link+"}"
	provoke := map[string]func(){
		"no right on the key": func() { server.Do(t, "ACL", "SETUSER", "gate", "resetkeys", "~other:*") },
		"another type": func() {
			server.Do(t, "ACL", "SETUSER", "gate", "resetkeys", "~gate:*")
			server.Do(t, "SET", key, "x")
		},
		"no number":  func() { server.Do(t, "DEL", key); server.Do(t, "HSET", key, "n", link, "s", link) },
		"no counter": func() { server.Do(t, "DEL", key) },
		"no JSON": func() {
			server.Do(t, "HSET", key, "n", "1", "s", "1")
			server.Do(t, "HSET", "gate:t:{"+link+"}", "r", link)
		},
		"other record": func() { server.Do(t, "HSET", "gate:t:{"+link+"}", "r", `{"link":"`+store.NewLink()+`"}`, "v", "9") },
	}
	for _, name := range []string{"no right on the key", "another type", "no number", "no counter", "no JSON", "other record"} {
		provoke[name]()
		_, used := s.Use(t.Context(), attempt(link))
		_, read := s.Get(t.Context(), link)
		_, listed := s.List(t.Context(), store.Query{})
		failed := 0
		for _, err := range []error{used, read, listed} {
			if err == nil {
				continue
			}
			failed++
			if strings.Contains(err.Error(), link) || strings.Contains(err.Error(), "secret") {
				t.Errorf("%s: the error shows a secret: %v", name, err)
			}
		}
		if failed == 0 {
			t.Errorf("%s: nothing failed", name)
		}
	}
	for _, e := range logs.All() {
		if text := e.Message + " " + fmt.Sprint(e.ContextMap()); strings.Contains(text, link) || strings.Contains(text, "secret") {
			t.Errorf("the log shows a secret: %s", text)
		}
	}
}
