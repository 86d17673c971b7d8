package caddymodule

import (
	"bytes"
	"context"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/linkgate/linkgate/store"
	"github.com/linkgate/linkgate/store/memory"
	"github.com/linkgate/linkgate/store/transfer"
)

// A localEnd is an end of a copy over a store of this process.
type localEnd struct {
	store.Store
	name string

	// taken is called before each page is taken.
	taken func() error
}

func (e *localEnd) describe() (copySide, error) {
	page, err := e.List(context.Background(), store.Query{WithAdmins: true})
	return copySide{storeName{Store: e.name, Promise: "much\x1b[2J"}, e.name + "'s", page.Total}, err
}

// wire is what goes over the wire of rows.
func wire[R any](rows []R, err error) ([]byte, error) {
	if err != nil {
		return nil, err
	}
	var b bytes.Buffer
	err = transfer.Write(&b, rows)
	return b.Bytes(), err
}

func (e *localEnd) values() ([]byte, error) {
	return wire(transfer.Values(context.Background(), e))
}

func (e *localEnd) records(after string) ([]byte, string, error) {
	rows, next, err := transfer.Records(context.Background(), e, after)
	text, err := wire(rows, err)
	return text, next, err
}

func (e *localEnd) takeValues(text []byte, mayReplace bool) (transfer.Tally, error) {
	values, err := transfer.Read[transfer.Value](text, maxValues)
	if err != nil {
		return transfer.Tally{}, err
	}
	return transfer.TakeValues(context.Background(), e, values, mayReplace)
}

func (e *localEnd) take(text []byte) (transfer.Tally, error) {
	if e.taken != nil {
		if err := e.taken(); err != nil {
			return transfer.Tally{}, err
		}
	}
	rows, err := transfer.Read[transfer.Row](text, transfer.PageRows)
	if err != nil {
		return transfer.Tally{}, err
	}
	return transfer.Take(context.Background(), e, rows)
}

func (e *localEnd) valueSums() ([]transfer.Value, error) {
	return transfer.ValueSums(context.Background(), e)
}

func (e *localEnd) sums(after string) ([]transfer.Sum, string, error) {
	return transfer.Sums(context.Background(), e, after)
}

func (e *localEnd) prune(sums []transfer.Sum) (int, error) {
	return transfer.Prune(context.Background(), e, sums)
}

// A copyTest is a copy from one store to another, with some records.
type copyTest struct {
	t        *testing.T
	from, to *localEnd
	out      strings.Builder
	copier
}

func newCopyTest(t *testing.T, records int) *copyTest {
	t.Helper()
	c := &copyTest{t: t, from: &localEnd{Store: memory.New(), name: "badger"}, to: &localEnd{Store: memory.New(), name: "redis"}}
	c.copier = copier{from: c.from, to: c.to, fromKind: "badger", toKind: "redis", out: &c.out}
	for i := range records {
		c.make(c.from, time.Duration(i)*time.Second)
	}
	c.keep(c.from, "of the source")
	return c
}

// make makes a record some time after a beginning.
func (c *copyTest) make(end *localEnd, after time.Duration, changes ...func(*store.Token)) store.Token {
	c.t.Helper()
	r := record(store.NewLink(), append(changes, limited(5), func(t *store.Token) { t.Created = testTime.Add(after).UTC() })...)
	if err := end.Create(c.t.Context(), r); err != nil {
		c.t.Fatal(err)
	}
	return r.Token
}

func (c *copyTest) keep(end *localEnd, key string) {
	c.t.Helper()
	if _, err := end.Keep(c.t.Context(), "key", []byte(key)); err != nil {
		c.t.Fatal(err)
	}
}

// wantRun makes the copy, which has to end in an error that says so, or well.
func (c *copyTest) wantRun(says string) {
	c.t.Helper()
	c.out.Reset()
	err := c.run()
	if (err == nil) != (says == "") || err != nil && !strings.Contains(err.Error(), says) {
		c.t.Errorf("the copy ends with %v, want %q", err, says)
	}
}

func (c *copyTest) wantOutput(part string) {
	c.t.Helper()
	if !strings.Contains(c.out.String(), part) {
		c.t.Errorf("the output lacks %q:\n%s", part, &c.out)
	}
}

func TestACopyIsProvenByItsDigests(t *testing.T) {
	t.Parallel()
	c := newCopyTest(t, 2*transfer.PageRows+3)
	c.wantRun("")
	c.wantOutput("records: taken 259, already there 0,")
	_, digests, _ := strings.Cut(c.out.String(), "digest of the source ")
	source, target, _ := strings.Cut(strings.TrimSpace(digests), "\ndigest of the target ")
	if len(source) != 64 || source != target {
		t.Errorf("the digests are %q and %q", source, target)
	}
	if strings.Contains(c.out.String(), "\x1b") {
		t.Error("a terminal would obey the output")
	}
	c.wantRun("")
	c.wantOutput("records: taken 0, already there 259,")
}

func TestACopyThatBreaksOffSaysSoAndGoesOn(t *testing.T) {
	t.Parallel()
	c := newCopyTest(t, 2*transfer.PageRows+3)
	pages := 0
	c.to.taken = func() error {
		if pages++; pages == 2 {
			return errors.New("no connection")
		}
		return nil
	}
	c.wantRun("no connection; the same copy can be made again and goes on")
	c.wantOutput("records: taken 128,")
	c.wantRun("")
	c.wantOutput("records: taken 131, already there 128,")
}

func TestACopyWhoseSourceGoesOnCountingIsNotDone(t *testing.T) {
	t.Parallel()
	c := newCopyTest(t, 0)
	tok := c.make(c.from, 0)
	c.make(c.from, time.Second)
	use := func() error {
		d, err := c.from.Use(t.Context(), store.Attempt{Link: tok.Link, Now: testTime})
		if !d.Admitted() {
			return errors.New("not admitted")
		}
		return err
	}
	c.to.taken = use // after the page was read
	c.wantRun("0 records and keys are missing, and 1 records are different. The source goes on counting")
	c.to.taken = nil
	c.wantRun("")
	c.wantOutput("brought up to date 1,")
}

func TestATargetThatIsInUseIsNotDone(t *testing.T) {
	t.Parallel()
	c := newCopyTest(t, 0)
	tok := c.make(c.from, 0)
	c.wantRun("")
	if d, err := c.to.Use(t.Context(), store.Attempt{Link: tok.Link, Now: testTime}); !d.Admitted() {
		t.Fatal(d, err)
	}
	c.wantRun("the target is in use")
	c.wantOutput("used or changed at the target since 1,")
}

func TestTokensThatWereDeletedAtTheSourceAreNamedAndPruned(t *testing.T) {
	t.Parallel()
	c := newCopyTest(t, 3)
	gone, last := c.make(c.from, time.Second), c.make(c.from, time.Hour)
	c.wantRun("")
	for _, tok := range []store.Token{gone, last} {
		if err := c.from.Delete(t.Context(), tok.Link); err != nil {
			t.Fatal(err)
		}
	}
	c.wantRun("2 tokens are only at the target")
	c.prune = true
	c.wantRun("")
	c.wantOutput("pruned 2\n")
	if _, err := c.to.Get(t.Context(), gone.Link); !errors.Is(err, store.ErrNotFound) {
		t.Errorf("a token that was deleted is there: %v", err)
	}
}

func TestTheTargetKeepsItsOwnCredentials(t *testing.T) {
	t.Parallel()
	c := newCopyTest(t, 2)
	own := c.make(c.to, time.Hour, func(t *store.Token) { t.HashedAccessToken, t.Scopes = "hash", []store.Scope{store.ScopeAdmin} })
	c.prune = true
	c.wantRun("")
	c.wantOutput("the target has 1 credentials of its own, which stay")
	if _, err := c.to.Get(t.Context(), own.Link); err != nil {
		t.Error(err)
	}
}

func TestTheKeysOfATargetInUseAreNotReplacedUnasked(t *testing.T) {
	t.Parallel()
	c := newCopyTest(t, 2)
	c.keep(c.to, "of the target")
	c.prune = true
	c.make(c.to, time.Hour)
	c.wantRun("the target has 1 keys of its own")
	c.replaceKeys = true
	c.wantRun("")
	c.wantOutput("keys: taken 0, already there 0, replaced 1\n")
}

func TestACopyMakesSureOfItsEnds(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		from, to, fromKind, toKind, says string
	}{
		"another source":    {"badger", "redis", "redis", "redis", "the source is on badger, not on redis"},
		"another target":    {"badger", "redis", "badger", "badger", "the target is on redis, not on badger"},
		"one and the same":  {"badger", "badger", "badger", "badger", "one and the same"},
		"the wrong way":     {"badger", "redis", "redis", "badger", "the source is on badger"},
		"the right way":     {"badger", "redis", "badger", "redis", ""},
		"and the other one": {"redis", "badger", "redis", "badger", ""},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			test := newCopyTest(t, 1)
			test.from.name, test.to.name, test.fromKind, test.toKind = c.from, c.to, c.fromKind, c.toKind
			test.wantRun(c.says)
			if page, _ := test.to.List(t.Context(), store.Query{}); c.says != "" && page.Total > 0 {
				t.Error("something was copied")
			}
		})
	}
}

func TestAnEndThatCannotBeComparedIsNoEqual(t *testing.T) {
	t.Parallel()
	for name, broken := range map[string]func(*copyTest) *localEnd{
		"the source": func(c *copyTest) *localEnd { return c.from },
		"the target": func(c *copyTest) *localEnd { return c.to },
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			c := newCopyTest(t, 2)
			c.wantRun("")
			_ = broken(c).Close()
			if _, err := c.compare(); !errors.Is(err, store.ErrClosed) {
				t.Errorf("comparing ends with %v", err)
			}
		})
	}
}
