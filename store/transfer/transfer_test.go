package transfer_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"reflect"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/linkgate/linkgate/store"
	"github.com/linkgate/linkgate/store/memory"
	"github.com/linkgate/linkgate/store/transfer"
)

var begin = time.Date(2026, 11, 22, 12, 0, 0, 123456000, time.UTC)

// full is a record in which every field is set.
func full(n int) store.Record {
	return store.Record{Counter: 3, Token: store.Token{
		Link: fmt.Sprintf("%032x", n), UUID: "u", RID: "r", URL: "http://x/", Issuer: "i", Expires: begin.Add(time.Hour), Minutes: 60, Limit: 9,
		State: store.Enabled, Created: begin.Add(time.Duration(n) * time.Second), Modified: begin.Add(time.Hour), CreatedBy: "c", HashedAccessToken: "h",
		Scopes: []store.Scope{store.ScopeRead}, Config: []string{"link"}, Data: []byte(`{ "a":  "<&\u2028>" }`),
	}}
}

// copyAll copies everything once, through the text that goes over the wire.
func copyAll(ctx context.Context, from, to store.Store) (sum transfer.Tally, err error) {
	for after := ""; ; {
		rows, next, err := transfer.Records(ctx, from, after)
		if err != nil {
			return sum, err
		}
		var wire bytes.Buffer
		if err := transfer.Write(&wire, rows); err != nil {
			return sum, err
		}
		read, err := transfer.Read[transfer.Row](wire.Bytes(), transfer.PageRows)
		if err != nil {
			return sum, err
		}
		tally, err := transfer.Take(ctx, to, read)
		if sum.Add(tally); err != nil || next == "" {
			return sum, err
		}
		after = next
	}
}

// everything is all records of a store.
func everything(t require, s store.Store) []store.Record {
	page, err := s.List(t.Context(), store.Query{WithAdmins: true})
	if err != nil {
		t.Fatal(err)
	}
	return page.Records
}

type require interface {
	Context() context.Context
	Fatal(args ...any)
}

func mustCreate(t require, s store.Store, records ...store.Record) {
	if err := s.Create(t.Context(), records...); err != nil {
		t.Fatal(err)
	}
}

func mustCopy(t require, from, to store.Store) transfer.Tally {
	tally, err := copyAll(t.Context(), from, to)
	if err != nil {
		t.Fatal(err)
	}
	return tally
}

func TestEveryFieldAndEveryByteArrives(t *testing.T) {
	t.Parallel()
	from, to := memory.New(), memory.New()
	for n := range 3*transfer.PageRows + 1 {
		mustCreate(t, from, full(n+1))
	}
	mustCreate(t, from, store.Record{Token: store.Token{Link: store.NewLink(), State: store.Disabled, Created: begin, Modified: begin}})
	if tally := mustCopy(t, from, to); tally != (transfer.Tally{Taken: 3*transfer.PageRows + 2}) {
		t.Errorf("the first copy: %+v", tally)
	}
	if diff := cmp.Diff(everything(t, from), everything(t, to)); diff != "" {
		t.Errorf("the copy is another one:\n%s", diff)
	}
	if tally := mustCopy(t, from, to); tally != (transfer.Tally{Same: 3*transfer.PageRows + 2}) {
		t.Errorf("the second copy: %+v", tally)
	}
}

func TestWhatTheSourceCountedSinceIsBroughtUp(t *testing.T) {
	t.Parallel()
	from, to := memory.New(), memory.New()
	mustCreate(t, from, full(1), full(2))
	mustCopy(t, from, to)
	attempt := store.Attempt{Link: full(1).Token.Link, Now: begin}
	for range 2 {
		if d, err := from.Use(t.Context(), attempt); err != nil || !d.Admitted() {
			t.Fatal(d, err)
		}
	}
	if _, err := from.Update(t.Context(), full(2).Token.Link, func(t *store.Token) error {
		t.State, t.Modified = store.Disabled, begin.Add(2*time.Hour)
		return nil
	}); err != nil {
		t.Fatal(err)
	}
	if tally := mustCopy(t, from, to); tally != (transfer.Tally{Updated: 2}) {
		t.Errorf("the tally is %+v", tally)
	}
	if diff := cmp.Diff(everything(t, from), everything(t, to)); diff != "" {
		t.Errorf("the copy is another one:\n%s", diff)
	}
}

func TestNoUseAndNoLaterChangeOfTheTargetIsTakenBack(t *testing.T) {
	t.Parallel()
	from, to := memory.New(), memory.New()
	here := full(1)
	here.Counter, here.Token.State, here.Token.Modified = 7, store.Disabled, begin.Add(2*time.Hour)
	mustCreate(t, from, full(1))
	mustCreate(t, to, here)
	if tally := mustCopy(t, from, to); tally != (transfer.Tally{Ahead: 1}) {
		t.Errorf("the tally is %+v", tally)
	}
	if diff := cmp.Diff([]store.Record{here}, everything(t, to)); diff != "" {
		t.Errorf("the record is another one:\n%s", diff)
	}

	// The uses of one side and the change of the other: both stay.
	more := full(2)
	more.Counter = 8
	mustCreate(t, from, more)
	changed := full(2)
	changed.Token.State, changed.Token.Modified = store.Disabled, begin.Add(2*time.Hour)
	mustCreate(t, to, changed)
	mustCopy(t, from, to)
	changed.Counter = 8
	if diff := cmp.Diff([]store.Record{here, changed}, everything(t, to)); diff != "" {
		t.Errorf("the record is another one:\n%s", diff)
	}
}

func TestAnotherTokenUnderTheSameLinkStays(t *testing.T) {
	t.Parallel()
	from, to := memory.New(), memory.New()
	other := full(1)
	other.Token.UUID, other.Counter = "another", 0
	mustCreate(t, from, full(1))
	mustCreate(t, to, other)
	if tally := mustCopy(t, from, to); tally != (transfer.Tally{Foreign: 1}) {
		t.Errorf("the tally is %+v", tally)
	}
	if diff := cmp.Diff([]store.Record{other}, everything(t, to)); diff != "" {
		t.Errorf("the record is another one:\n%s", diff)
	}
}

// The sum has to see a difference in any field, those that come one day too.
func TestASumIsOfEveryField(t *testing.T) {
	t.Parallel()
	sum := func(r store.Record) string {
		s := memory.New()
		mustCreate(t, s, r)
		sums, next, err := transfer.Sums(t.Context(), s, "")
		if err != nil || next != "" || len(sums) != 1 {
			t.Fatal(sums, next, err)
		}
		return string(sums[0].Sum)
	}
	seen := map[string]string{sum(full(1)): "itself"}
	other := full(1)
	other.Counter++
	seen[sum(other)] = "the counter"
	fields := reflect.TypeFor[store.Token]()
	for i := range fields.NumField() {
		name := fields.Field(i).Name
		other := full(1)
		switch f := reflect.ValueOf(&other.Token).Elem().Field(i); f.Interface().(type) {
		case string:
			f.SetString("0" + f.String()[1:])
			if name == "Link" {
				f.SetString(full(2).Token.Link)
			}
		case store.State:
			f.SetString(string(store.Disabled))
		case int64:
			f.SetInt(f.Int() + 1)
		case time.Time:
			f.Set(reflect.ValueOf(f.Interface().(time.Time).Add(time.Microsecond)))
		default:
			f.Set(f.Slice(0, f.Len()-1))
			if name == "Data" {
				f.SetBytes([]byte("{}"))
			}
		}
		key := sum(other)
		if twin, ok := seen[key]; ok {
			t.Errorf("a change of %s and %s have one sum", name, twin)
		}
		seen[key] = name
	}
}

func TestSumsAreOfTheMicrosecond(t *testing.T) {
	t.Parallel()
	fine, coarse := full(1), full(1)
	fine.Token.Expires = fine.Token.Expires.Add(999).In(time.FixedZone("x", 3600))
	a, b := memory.New(), memory.New()
	mustCreate(t, a, fine)
	mustCreate(t, b, coarse)
	sumsA, _, _ := transfer.Sums(t.Context(), a, "")
	sumsB, _, _ := transfer.Sums(t.Context(), b, "")
	if diff := cmp.Diff(sumsA, sumsB); diff != "" {
		t.Error(diff)
	}
}

func TestTextThatIsNoRowsIsRefusedAndNotQuoted(t *testing.T) {
	t.Parallel()
	const secret = "0123456789abcdef0123456789abcdef"
	for name, text := range map[string]string{
		"no JSON":          secret,
		"an unknown field": `{"` + secret + `":1}`,
		"a wrong type":     `{"counter":"` + secret + `"}`,
		"a broken data":    `{"data":"` + secret + `*"}`,
		"a torn row":       `{"token":{"link":"` + secret,
		"too many rows":    "{}\n{}\n{}",
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			rows, err := transfer.Read[transfer.Row]([]byte(text), 2)
			if !errors.Is(err, transfer.ErrRows) || len(rows) > 0 || bytes.Contains([]byte(err.Error()), []byte(secret)) {
				t.Errorf("%d rows, %v", len(rows), err)
			}
		})
	}
}

func TestRecordsThatCannotBeAreRefused(t *testing.T) {
	t.Parallel()
	s := memory.New()
	for name, rows := range map[string][]transfer.Row{
		"no record":    {{}},
		"a link twice": {{Token: full(1).Token}, {Token: full(1).Token}},
	} {
		if _, err := transfer.Take(t.Context(), s, rows); !errors.Is(err, store.ErrInvalid) {
			t.Errorf("%s: %v", name, err)
		}
	}
	if all := everything(t, s); len(all) > 0 {
		t.Errorf("%d records were kept", len(all))
	}
}

func TestPrunedIsOnlyWhatIsStillThere(t *testing.T) {
	t.Parallel()
	s := memory.New()
	mustCreate(t, s, full(1), full(2), full(3))
	sums, _, err := transfer.Sums(t.Context(), s, "")
	if err != nil {
		t.Fatal(err)
	}
	if err := s.Delete(t.Context(), full(1).Token.Link); err != nil {
		t.Fatal(err)
	}
	if n, err := transfer.Prune(t.Context(), s, sums[:2]); n != 1 || err != nil {
		t.Errorf("%d, %v", n, err)
	}
	sums[2].Created--
	if n, err := transfer.Prune(t.Context(), s, sums[2:]); n != 0 || err == nil {
		t.Errorf("another token of that link: %d, %v", n, err)
	}
	if diff := cmp.Diff([]store.Record{full(3)}, everything(t, s)); diff != "" {
		t.Error(diff)
	}
}

// Whatever happens on either side between copies, no use of either is lost, and
// when the source stands still and the target was left alone they are equal.
func TestPropertyCopiesLoseNoUse(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		ctx := context.Background()
		from, to := memory.New(), memory.New()
		counted := map[string]int64{} // at the source, and the most of either
		now := begin.Add(time.Hour)
		alone := true
		link := func() string { return fmt.Sprintf("%032x", rapid.IntRange(1, 4).Draw(t, "link")) }
		use := func(s store.Store) {
			l := link()
			if d, err := s.Use(ctx, store.Attempt{Link: l, Now: begin}); err == nil && d.Admitted() {
				alone = alone && s == store.Store(from)
				counted[l] = max(counted[l], d.Counter)
			}
		}
		t.Repeat(map[string]func(*rapid.T){
			"create": func(t *rapid.T) {
				r := full(rapid.IntRange(1, 4).Draw(t, "n"))
				r.Token.Limit, r.Token.Expires, r.Token.Scopes, r.Counter = int64(rapid.IntRange(0, 5).Draw(t, "limit")), time.Time{}, nil, 0
				_ = from.Create(ctx, r)
			},
			"use at the source": func(*rapid.T) { use(from) },
			"use at the target": func(*rapid.T) { use(to) },
			"change": func(t *rapid.T) {
				now = now.Add(time.Second)
				_, _ = from.Update(ctx, link(), func(tok *store.Token) error {
					tok.State, tok.Modified = rapid.SampledFrom([]store.State{store.Enabled, store.Disabled}).Draw(t, "state"), now
					return nil
				})
			},
			"copy": func(t *rapid.T) {
				if _, err := copyAll(ctx, from, to); err != nil {
					t.Fatal(err)
				}
				for l, n := range counted {
					if r, err := to.Get(ctx, l); err != nil || r.Counter < n {
						t.Fatalf("%s has %d uses and the target says %d, %v", l, n, r.Counter, err)
					}
				}
				a, _ := from.List(ctx, store.Query{})
				b, _ := to.List(ctx, store.Query{})
				if diff := cmp.Diff(a.Records, b.Records); alone && diff != "" {
					t.Fatalf("the copy is another one:\n%s", diff)
				}
			},
		})
	})
}
