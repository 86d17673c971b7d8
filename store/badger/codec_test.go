package badger

import (
	"bytes"
	"encoding/json"
	"errors"
	"math"
	"reflect"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/linkgate/linkgate/store"
)

// TestEveryFieldOfATokenIsKept fills a token by reflection: a field that is
// added to it and not kept makes this fail.
func TestEveryFieldOfATokenIsKept(t *testing.T) {
	t.Parallel()
	var want store.Token
	v := reflect.ValueOf(&want).Elem()
	for i := range v.NumField() {
		switch f := v.Field(i); f.Interface().(type) {
		case time.Time:
			f.Set(reflect.ValueOf(time.Date(2030, 1, 2, 3, 4, 5, 6000, time.UTC)))
		case json.RawMessage:
			f.SetBytes([]byte(`{ "n" : 1.0e2 }`))
		case []store.Scope:
			f.Set(reflect.ValueOf([]store.Scope{store.ScopeRead}))
		case []string:
			f.Set(reflect.ValueOf([]string{"link"}))
		case int64:
			f.SetInt(int64(i) + 1)
		default:
			f.SetString(v.Type().Field(i).Name)
		}
	}
	body, err := encodeToken(&want)
	if err != nil {
		t.Fatal(err)
	}
	got, err := decodeToken(body)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(&want, got); diff != "" {
		t.Fatalf("token (-want +got):\n%s", diff)
	}
	for i := range v.NumField() {
		if reflect.ValueOf(got).Elem().Field(i).IsZero() {
			t.Errorf("field %s was not filled", v.Type().Field(i).Name)
		}
	}
}

func TestDecodedTokenDoesNotShareMemory(t *testing.T) {
	t.Parallel()
	body, err := encodeToken(&store.Token{RID: "rid", Data: []byte(`{"a":1}`)})
	if err != nil {
		t.Fatal(err)
	}
	got, err := decodeToken(body)
	if err != nil {
		t.Fatal(err)
	}
	clear(body)
	if got.RID != "rid" || string(got.Data) != `{"a":1}` {
		t.Fatalf("got %q, %q", got.RID, got.Data)
	}
}

func TestCounterTakesSixteenBytes(t *testing.T) {
	t.Parallel()
	i, _ := parseID(store.NewLink())
	for _, n := range []int64{0, 1, 255, 1 << 40, math.MaxInt64} {
		value := seal(i.counterKey(), encodeCounter(n))
		if len(value) != 16 {
			t.Fatalf("got %d bytes", len(value))
		}
		body, err := unseal(i.counterKey(), value)
		if err != nil {
			t.Fatal(err)
		}
		if got, err := decodeCounter(body); err != nil || got != n {
			t.Fatalf("got %d, error %v; want %d", got, err, n)
		}
	}
}

func TestNoChangedValueOpens(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		key := rapid.SliceOfN(rapid.Byte(), 1, 20).Draw(t, "key")
		body := rapid.SliceOfN(rapid.Byte(), 0, 64).Draw(t, "body")
		value := seal(key, body)
		if got, err := unseal(key, value); err != nil || !bytes.Equal(got, body) {
			t.Fatalf("unchanged: got %x, error %v", got, err)
		}
		bad := slices.Clone(value)
		bad[rapid.IntRange(0, len(bad)-1).Draw(t, "at")] ^= 1 << rapid.IntRange(0, 7).Draw(t, "bit")
		if _, err := unseal(key, bad); !errors.Is(err, ErrCorrupt) {
			t.Fatalf("a flipped bit: got %v, want ErrCorrupt", err)
		}
		short := value[:rapid.IntRange(0, len(value)-1).Draw(t, "length")]
		if _, err := unseal(key, short); !errors.Is(err, ErrCorrupt) {
			t.Fatalf("cut off: got %v, want ErrCorrupt", err)
		}
		if _, err := unseal(append(key, 'x'), value); !errors.Is(err, ErrCorrupt) {
			t.Fatalf("another key: got %v, want ErrCorrupt", err)
		}
	})
}

func FuzzDecode(f *testing.F) {
	body, err := encodeToken(&store.Token{Link: store.NewLink(), Data: []byte(`{}`)})
	if err != nil {
		f.Fatal(err)
	}
	f.Add(body)
	f.Add(encodeCounter(3))
	f.Add([]byte(newJournalRecord(1, 1).add(id{1}, 3)))
	f.Add([]byte{0xff, 0xff, 0xff, 0xff})
	f.Fuzz(func(t *testing.T, body []byte) {
		if token, err := decodeToken(body); (token == nil) == (err == nil) {
			t.Fatalf("got token %v with error %v", token, err)
		}
		if n, err := decodeCounter(body); n < 0 || err == nil && !bytes.Equal(encodeCounter(n), body) {
			t.Fatalf("got counter %d, error %v", n, err)
		}
		key := journalKey(0)
		if r, err := openJournalRecord(key, seal(key, body)); err == nil {
			again := newJournalRecord(r.turn(), 1)
			r.each(func(i id, n int64) { again = again.add(i, n) })
			if !bytes.Equal(again, body) || r.turn()%journalLen != 0 {
				t.Fatalf("got a record of the journal %x", again)
			}
		}
		if n, err := decodeTotal(body); err == nil && !bytes.Equal(n.encode(), body) {
			t.Fatalf("got total %v", n)
		}
	})
}
