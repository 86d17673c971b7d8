package admin_test

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/linkgate/linkgate/store"
	"github.com/linkgate/linkgate/store/memory"
)

// filter writes options below options[filter].
func filter(options ...string) string {
	var out []string
	for _, option := range options {
		out = append(out, "options[filter]"+option)
	}
	return strings.Join(out, "&")
}

// where writes one condition.
func where(n int, key, operator, value string) string {
	at := fmt.Sprintf("options[filter][where][%d]", n)
	return at + "[key]=" + key + "&" + at + "[operator]=" + operator + "&" + at + "[value]=" + value
}

func TestAListIsChosenSortedAndCut(t *testing.T) {
	t.Parallel()
	a := newAPI(t)
	var ids []string
	for n := range 6 {
		a.wait(time.Second)
		ids = append(ids, idOf(a.flexCreate(a.both, fmt.Sprintf(`{"n":%d,"kind":"test","owner":{"team":"t%d"},"limit_calls":%d}`, n, n%2, 5-n))))
	}
	tests := where(0, "kind", "eq", "test") + "&"
	for name, c := range map[string]struct {
		query string
		want  []string
	}{
		"a field of one's own":                {tests, ids},
		"a field of the server":               {tests + where(1, "limit_calls", "gte", "4"), ids[:2]},
		"a path":                              {tests + where(1, "owner.team", "=", "t1"), []string{ids[1], ids[3], ids[5]}},
		"sorted, offset and limit":            {tests + filter("[sort_by][key]=limit_calls", "[sort_by][direction]=ASC", "[offset]=1", "[limit]=2"), []string{ids[4], ids[3]}},
		"in the order of creation":            {tests + filter("[limit]=2"), ids[:2]},
		"nothing":                             {tests + filter("[offset]=100"), nil},
		"percent-encoded brackets":            {strings.NewReplacer("[", "%5B", "]", "%5D").Replace(tests), ids},
		"the id, which is a field as well":    {tests + where(1, "id", "eq", ids[2]), ids[2:3]},
		"a record that lacks the key is none": {where(0, "n", "neq", "77"), ids},
	} {
		if got := a.flexList(a.both, c.query); !slices.Equal(got, c.want) {
			t.Errorf("%s: %v, want %v", name, got, c.want)
		}
	}
}

func TestAListMayBeOneRecordOrGroups(t *testing.T) {
	t.Parallel()
	a := newAPI(t)
	for n := range 4 {
		a.wait(time.Second)
		a.flexCreate(a.both, fmt.Sprintf(`{"n":%d,"kind":"k%d"}`, n, n%2))
	}
	numbered := where(0, "n", "gte", "0") + "&"
	if r := a.do("GET", flex+"?"+numbered+filter("[return]=last", "[only][]=n"), "", as(a.both)).is(200); r.text != `{"n":3}` {
		t.Errorf("the last: %s", r.text)
	}
	r := a.do("GET", flex+"?"+numbered+filter("[group_by]=kind", "[only][]=n"), "", as(a.both)).is(200)
	if r.text != `{"k0":[{"n":0},{"n":2}],"k1":[{"n":1},{"n":3}]}` {
		t.Errorf("groups: %s", r.text)
	}
	a.do("GET", flex+"?"+where(0, "n", "gt", "99")+"&"+filter("[return]=first"), "", as(a.both)).is(404).says("no record")
	if r := a.do("HEAD", flex+"?"+numbered, "", as(a.both)).is(200); r.header.Get("Content-Type") != "application/json" {
		t.Errorf("HEAD: %v", r.header)
	}
}

func TestAQueryThatMakesNoSenseIs400AndCostsNothing(t *testing.T) {
	t.Parallel()
	a := newAPI(t)
	before := a.record(idOf(a.both)).Counter
	for _, query := range []string{
		where(0, "n", "==", "1"), where(0, "n", "regexp", "("), where(0, "", "eq", "1"), filter("[limit]=-1"), filter("[offset]=x"),
		filter("[where][0][key]=n"), strings.Repeat("a[b]=1&", 1001), "options" + strings.Repeat("[x]", 65) + "=1",
	} {
		a.do("GET", flex+"?"+query, "", as(a.both)).is(400)
	}
	if got := a.record(idOf(a.both)).Counter; got != before {
		t.Errorf("%d calls were counted", got-before)
	}
}

// TestHoleCachePoisoning: what one caller sees of a record is not what the
// record is for the next one.
func TestHoleCachePoisoning(t *testing.T) {
	t.Parallel()
	a := newAPI(t)
	victim := a.flexCreate(a.both, `{"title":"x","limit_calls":9}`)
	r := a.do("GET", flex+"?id="+idOf(victim)+"&"+filter("[only][]=title"), "", as(a.both)).is(200)
	if strings.TrimSpace(r.text) != `{"title":"x"}` {
		t.Errorf("the projection: %s", r.text)
	}
	a.do("GET", flex+"?id="+idOf(victim)+"&"+filter("[except][]=state", "[except][]=calls"), "", as(a.both)).is(200)
	a.do("GET", flex+"?"+filter("[only][]=title"), "", as(a.both)).is(200)
	a.do("GET", flex, "", as(victim)).is(200)
	if r := a.flexEntry(a.both, idOf(victim)); r.json["state"] != "enabled" || r.number("limit_calls") != 9 || r.number("calls") != 1 {
		t.Errorf("the record: %s", r.text)
	}
}

func TestNobodyFindsOutAHashOrAnAdminByAsking(t *testing.T) {
	t.Parallel()
	a := newAPI(t)
	for _, query := range []string{
		where(0, "hashed_access_token", "starts_with", "$2"), where(0, "hashed_access_token", "neq", "x"), where(0, "id", "eq", idOf(a.root)),
		where(0, "scopes", "contains", "admin"),
	} {
		if got := a.flexList(a.both, query); len(got) != 0 {
			t.Errorf("%s finds %v", query, got)
		}
		if got := a.flexList(a.root, query); len(got) == 0 {
			t.Errorf("%s finds nothing for an admin", query)
		}
	}
	sorted := func(direction string) []string {
		return a.flexList(a.both, filter("[sort_by][key]=hashed_access_token", "[sort_by][direction]="+direction))
	}
	if !slices.Equal(sorted("ASC"), sorted("DESC")) {
		t.Error("the hashes have an order")
	}
}

// A tornStore fails behind some pages of a list.
type tornStore struct {
	store.Store
	pages int
}

func (s *tornStore) List(ctx context.Context, q store.Query) (store.Page, error) {
	if s.pages--; s.pages < 0 {
		return store.Page{}, store.ErrUnavailable
	}
	return s.Store.List(ctx, q)
}

func TestAListThatBreaksIsNeverTakenForAWholeOne(t *testing.T) {
	t.Parallel()
	s := &tornStore{Store: memory.New()}
	a := newAPIOver(t, s)
	for range 900 {
		a.keep(store.Token{RID: strings.Repeat("r", 200)}, 0)
	}
	a.do("GET", flex, "", as(a.both)).is(503) // nothing was sent yet
	s.pages = 3
	defer func() {
		if err, _ := recover().(error); !errors.Is(err, http.ErrAbortHandler) {
			t.Error("the connection is not cut")
		}
	}()
	r := a.do("GET", flex, "", as(a.both))
	t.Errorf("%d with %d bytes", r.status, len(r.text))
}
