package main

import (
	"strings"
	"testing"

	"github.com/linkgate/linkgate/store"
)

func costBenchFor(t *testing.T) *costBench {
	t.Helper()
	needRedis(t)
	c, err := startCost(t.Context(), t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { closed(t, c.close()) })
	return c
}

func TestAUseWithALimitIsOneScriptAndOneRoundTrip(t *testing.T) {
	t.Parallel()
	c := costBenchFor(t)
	links, err := c.make(t.Context(), 50, 1)
	if err != nil {
		t.Fatal(err)
	}
	before, err := c.read(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	u, err := c.measureUnit(t.Context(), links, unitCost{})
	if err != nil {
		t.Fatal(err)
	}
	after, err := c.read(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if n := after.info.scripts - before.info.scripts; n != 50 || u.trips < 1 || u.up < 32 || u.down < 32 || u.log <= 0 {
		t.Errorf("%d scripts for 50 uses, each with %+v", n, u)
	}
	if _, err := c.measureUnit(t.Context(), links, unitCost{}); err == nil || !strings.Contains(err.Error(), "refused") {
		t.Errorf("what is refused is no use: %v", err)
	}
}

func TestALoadThatUsesEachTokenOnceDoesSo(t *testing.T) {
	t.Parallel()
	c := costBenchFor(t)
	links, err := c.make(t.Context(), 1500, 1)
	if err != nil {
		t.Fatal(err)
	}
	n, err := load{stores: c.loaded[:], links: links, callers: 8, once: true}.run(t.Context())
	if err != nil || n != 1500 {
		t.Errorf("%d uses, %v", n, err)
	}
	for _, link := range links {
		if r, err := c.maker.Get(t.Context(), link); err != nil || r.Counter != 1 {
			t.Fatalf("a token was used %d times, %v", r.Counter, err)
		}
	}
}

func TestTokensAreWeighed(t *testing.T) {
	t.Parallel()
	c := costBenchFor(t)
	before, err := c.redis.weigh(t.Context(), "linkgate:l:*")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := c.make(t.Context(), 2500, store.NoLimit); err != nil {
		t.Fatal(err)
	}
	after, err := c.redis.weigh(t.Context(), "linkgate:l:*")
	if err != nil || after-before < 2500*48*2 { // on two lists each, by time and link
		t.Errorf("the lists grew by %d bytes, %v", after-before, err)
	}
}
