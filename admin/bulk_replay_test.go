package admin_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/linkgate/linkgate/store"
	"github.com/linkgate/linkgate/store/memory"
)

// keyed is a header with an Idempotency-Key.
func keyed(key string) []string { return []string{"Idempotency-Key", key} }

func TestTheSameKeyGivesTheSameLinesAndMakesNothing(t *testing.T) {
	t.Parallel()
	a := newAPI(t)
	body := bulkBody(700) + "{\n" + bulkRow(701) + "\n"
	first := a.bulkRaw(body, keyed(`"a key"`)...).Body.String()
	lines := parseLines(t, []byte(first))
	if len(lines) != 702 {
		t.Fatalf("%d lines", len(lines))
	}
	before := a.count()
	if _, err := a.store.Update(t.Context(), lines[3]["link"].(string), func(t *store.Token) error { t.State = store.Disabled; return nil }); err != nil {
		t.Fatal(err)
	}
	a.do("DELETE", "/api/v1/token/"+lines[4]["link"].(string), "", as(a.both)).is(200)
	a.wait(23 * time.Hour)
	if again := a.bulkRaw(body, keyed(`"a key"`)...).Body.String(); again != first {
		t.Error("the lines differ")
	}
	if got := a.count() - before; got != -1 {
		t.Errorf("%d records were kept by the replay", got+1)
	}
}

func TestAKeyIsTheCredentialsOwnAndOneOfMany(t *testing.T) {
	t.Parallel()
	a := newAPI(t)
	body := bulkBody(3)
	first := a.bulkRaw(body, keyed("k1")...).Body.String()
	for name, header := range map[string][]string{
		"another key": keyed("k2"), "another credential": append(keyed("k1"), "X-API-Key", a.root), "no key": nil,
	} {
		if again := a.bulkRaw(body, header...).Body.String(); again == first || len(parseLines(t, []byte(again))) != 3 {
			t.Errorf("%s gives %s", name, again)
		}
	}
	if again := a.bulkRaw(body, keyed(`"k1"`)...).Body.String(); again != first {
		t.Error("the same key in quotes gives other lines")
	}
}

func TestAKeyStandsForOneBody(t *testing.T) {
	t.Parallel()
	body := bulkBody(600)
	others := map[string]string{
		"one row more":      body + bulkRow(601),
		"one row less":      body[:strings.LastIndex(strings.TrimSpace(body), "\n")+1],
		"nothing":           "",
		"another first row": `{"cnt":2,"rid":"x","url":"http://h/","exp":1,"iss":"i"}` + body[strings.Index(body, "\n"):],
		"another last row":  strings.Replace(body, "cust600", "cust6000", 1),
		"a bad row":         strings.Replace(body, `"cust300"`, `300`, 1),
	}
	for name, other := range others {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			a := newAPI(t)
			lines := a.bulk(body, keyed("k")...)
			made := map[any]bool{}
			for _, line := range lines {
				made[line["link"]] = true
			}
			before := a.count()
			w := a.bulkRaw(other, keyed("k")...)
			answer := parseLines(t, w.Body.Bytes())
			last := answer[len(answer)-1]
			if fmt.Sprint(last["status"]) != "422" || !strings.Contains(fmt.Sprint(last["detail"]), "another body") {
				t.Errorf("the last line is %v", last)
			}
			for _, line := range answer[:len(answer)-1] {
				if !made[line["link"]] {
					t.Fatalf("a link that nobody made is answered: %v", line)
				}
			}
			if got := a.count() - before; got != 0 {
				t.Errorf("%d records were kept", got)
			}
		})
	}
}

// A breaking is a store whose Create fails after some calls.
type breaking struct {
	store.Store
	left   atomic.Int64
	silent bool // it does what it says it did not
}

var errDisk = errors.New("the disk is gone")

func (b *breaking) Create(ctx context.Context, records ...store.Record) error {
	if len(records) > 1 && b.left.Add(-1) < 0 {
		if b.silent {
			if err := b.Store.Create(ctx, records...); err != nil {
				return err
			}
		}
		return fmt.Errorf("%w: %w", store.ErrUnavailable, errDisk)
	}
	return b.Store.Create(ctx, records...)
}

func TestAStoreThatFailsInTheMiddleEndsTheStreamAndTheKeyResumesIt(t *testing.T) {
	t.Parallel()
	for name, silent := range map[string]bool{"nothing of the batch was kept": false, "all of the batch was kept": true} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			b := &breaking{Store: memory.New(), silent: silent}
			b.left.Store(1 << 40)
			a := newAPIOver(t, b)
			before := a.count()
			b.left.Store(3)
			body := bulkBody(3000)
			first := strings.SplitAfter(a.bulkRaw(body, keyed("k")...).Body.String(), "\n")
			good := 0
			for good < len(first) && strings.Contains(first[good], "url_link") {
				good++
			}
			bad := parseLines(t, []byte(strings.Join(first[good:], "")))
			if good == 0 || len(bad) == 0 || good+len(bad) >= 3000 {
				t.Fatalf("%d good and %d bad lines", good, len(bad))
			}
			for i, line := range bad {
				if fmt.Sprint(line["status"]) != "503" || fmt.Sprint(line["row"]) != fmt.Sprint(good+i+1) {
					t.Fatalf("line %d is %v", good+i+1, line)
				}
			}
			b.left.Store(1 << 40)
			a.wait(time.Hour)
			second := a.bulkRaw(body, keyed("k")...).Body.String()
			if !strings.HasPrefix(second, strings.Join(first[:good], "")) {
				t.Error("lines that were answered are other ones now")
			}
			if got := len(parseLines(t, []byte(second))); got != 3000 || strings.Contains(second, `"status"`) {
				t.Errorf("%d lines", got)
			}
			if got := a.count() - before; got != 3000 {
				t.Errorf("%d records were kept", got)
			}
			for _, entry := range a.logs.All() {
				if strings.Contains(fmt.Sprint(entry), testSecret) {
					t.Error("a secret is in the log")
				}
			}
		})
	}
}

func TestAKeyIsForgottenWhenItsDaysAreOver(t *testing.T) {
	t.Parallel()
	a := newAPI(t)
	body := bulkBody(1500)
	first := a.bulkRaw(body, keyed("k")...).Body.String()
	a.bulk(bulkBody(1), keyed("other")...)
	if kept, _ := a.store.Kept(t.Context(), "bulk/"); len(kept) < 5 || len(kept) > 60 {
		t.Errorf("%d values are kept of 1501 rows", len(kept))
	}
	a.wait(49 * time.Hour)
	if again := a.bulkRaw(body, keyed("k")...).Body.String(); again == first {
		t.Error("the key is remembered")
	}
	a.wait(49 * time.Hour)
	a.bulk("", keyed("last")...)
	if kept, _ := a.store.Kept(t.Context(), "bulk/"); len(kept) != 2 {
		t.Errorf("%d values are left over", len(kept)-2)
	}
}
