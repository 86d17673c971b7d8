package jobs_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/linkgate/linkgate/admin/jobs"
	"github.com/linkgate/linkgate/store"
	"github.com/linkgate/linkgate/store/memory"
)

var start = time.Date(2026, 11, 22, 12, 0, 0, 123456789, time.UTC)

// begin begins a job that has to begin.
func begin(t *testing.T, r *jobs.Registry, owner, key string, now time.Time) *jobs.Job {
	t.Helper()
	j, err := r.Begin(t.Context(), owner, key, now)
	if err != nil {
		t.Fatal(err)
	}
	return j
}

// mark makes the mark behind a row.
func mark(row int64) jobs.Mark { return jobs.Mark{Row: row, Chain: jobs.NewChain(fmt.Sprint(row))} }

func TestNamesComeFromTheJobAndTheRow(t *testing.T) {
	t.Parallel()
	vault := memory.New()
	j := begin(t, jobs.New(vault), "owner", "key", start)
	again := begin(t, jobs.New(vault), "owner", "key", start.Add(time.Hour))
	other := begin(t, jobs.New(vault), "owner", "other", start)
	if !j.Start().Equal(start.Truncate(time.Microsecond)) || !again.Start().Equal(j.Start()) {
		t.Errorf("the job starts at %v and again at %v", j.Start(), again.Start())
	}
	seen := map[string]bool{}
	for row := range int64(1000) {
		sum := jobs.Sum{byte(row)}
		link, uuid := j.Name(row, sum)
		if !store.ValidLink(link) || len(uuid) != 36 || uuid[14] != '8' {
			t.Fatalf("row %d is called %s, %s", row, link, uuid)
		}
		if l, u := again.Name(row, sum); l != link || u != uuid {
			t.Fatalf("row %d is called otherwise the second time", row)
		}
		foreign, _ := other.Name(row, sum)
		sameRow, otherSum := j.Name(row, jobs.Sum{1, 2})
		if foreign == link || sameRow != link || otherSum == uuid || seen[link] || seen[uuid] {
			t.Fatalf("row %d: names depend on too little or too much", row)
		}
		seen[link], seen[uuid] = true, true
	}
}

func TestAJobRunsOnce(t *testing.T) {
	t.Parallel()
	r := jobs.New(memory.New())
	j := begin(t, r, "owner", "key", start)
	if _, err := r.Begin(t.Context(), "owner", "key", start); !errors.Is(err, jobs.ErrRunning) {
		t.Fatalf("got %v", err)
	}
	begin(t, r, "another", "key", start)
	j.Close()
	begin(t, r, "owner", "key", start)
}

func TestMarksAreFoundAgainInTheirOrder(t *testing.T) {
	t.Parallel()
	vault := memory.New()
	j := begin(t, jobs.New(vault), "owner", "key", start)
	if _, ok, err := j.Next(t.Context(), 0); ok || err != nil {
		t.Fatalf("a new job has a mark, or %v", err)
	}
	var rows []int64
	for row := int64(500); row < 3<<20; row += 500 {
		rows = append(rows, row)
		if err := j.Mark(t.Context(), mark(row)); err != nil {
			t.Fatal(err)
		}
	}
	j = begin(t, jobs.New(vault), "owner", "key", start)
	at := int64(0)
	for _, row := range rows {
		m, ok, err := j.Next(t.Context(), at)
		if err != nil || !ok || m != mark(row) {
			t.Fatalf("behind %d there is %v, %v, %v", at, m.Row, ok, err)
		}
		at = m.Row
	}
	if m, ok, err := j.Next(t.Context(), at); ok || err != nil {
		t.Fatalf("behind the last mark there is %v, %v", m.Row, err)
	}
}

func TestMarksOfSingleRowsAreFew(t *testing.T) {
	t.Parallel()
	vault := memory.New()
	j := begin(t, jobs.New(vault), "owner", "key", start)
	for row := range int64(2000) {
		if err := j.Mark(t.Context(), mark(row+1)); err != nil {
			t.Fatal(err)
		}
	}
	kept, err := vault.Kept(t.Context(), "bulk/mark/")
	if err != nil || len(kept) > 60 || len(kept) < 10 {
		t.Fatalf("%d marks, %v", len(kept), err)
	}
	j = begin(t, jobs.New(vault), "owner", "key", start)
	at := int64(0)
	for at < 2000 {
		m, ok, err := j.Next(t.Context(), at)
		if err != nil || !ok || m.Row-at > jobs.MaxStretch || m != mark(m.Row) {
			t.Fatalf("behind %d there is %v, %v, %v", at, m.Row, ok, err)
		}
		at = m.Row
	}
}

func TestAnEndIsRemembered(t *testing.T) {
	t.Parallel()
	vault := memory.New()
	j := begin(t, jobs.New(vault), "owner", "key", start)
	if _, ok := j.End(); ok {
		t.Fatal("a new job is at its end")
	}
	if err := j.Finish(t.Context(), mark(7)); err != nil {
		t.Fatal(err)
	}
	if m, ok := begin(t, jobs.New(vault), "owner", "key", start).End(); !ok || m != mark(7) {
		t.Fatalf("the end is %v, %v", m.Row, ok)
	}
}

func TestJobsAreBoundedForEachOwnerAndForgotten(t *testing.T) {
	t.Parallel()
	vault := memory.New()
	r := jobs.New(vault)
	for i := range jobs.MaxJobs {
		j := begin(t, r, "owner", fmt.Sprint(i), start)
		if err := errors.Join(j.Mark(t.Context(), mark(1)), j.Finish(t.Context(), mark(1))); err != nil {
			t.Fatal(err)
		}
		j.Close()
	}
	if _, err := r.Begin(t.Context(), "owner", "one more", start.Add(24*time.Hour)); !errors.Is(err, jobs.ErrTooMany) {
		t.Fatalf("got %v", err)
	}
	begin(t, r, "owner", "7", start).Close()
	running := begin(t, r, "another", "key", start)
	defer running.Close()
	begin(t, r, "owner", "later", start.Add(jobs.Life+time.Second)).Close()
	kept, err := vault.Kept(t.Context(), "bulk/")
	if err != nil || len(kept) != 2 {
		t.Fatalf("%d values are left, want the running and the new job: %v", len(kept), err)
	}
}

// A broken vault keeps nothing.
type broken struct{ *memory.Store }

func (broken) Keep(context.Context, string, []byte) ([]byte, error) {
	return nil, store.ErrUnavailable
}

func TestAVaultThatFailsLeavesTheJobFree(t *testing.T) {
	t.Parallel()
	r := jobs.New(broken{memory.New()})
	for range 2 {
		if _, err := r.Begin(t.Context(), "owner", "key", start); !errors.Is(err, store.ErrUnavailable) {
			t.Fatalf("got %v", err)
		}
	}
}

func TestTheVaultShowsNeitherOwnerNorKey(t *testing.T) {
	t.Parallel()
	vault := memory.New()
	begin(t, jobs.New(vault), "0123456789abcdef0123456789abcdef", "the-key", start)
	kept, err := vault.Kept(t.Context(), "")
	if err != nil || len(kept) != 1 {
		t.Fatalf("%d values, %v", len(kept), err)
	}
	for name := range kept {
		if strings.Contains(name, "the-key") || strings.Contains(name, "0123456789abcdef0123456789abcdef") {
			t.Errorf("the name is %s", name)
		}
	}
}

func TestParseKey(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		values []string
		want   string
		bad    bool
	}{
		"none":                  {nil, "", false},
		"a string":              {[]string{`"8e03978e-40d5-43dd"`}, "8e03978e-40d5-43dd", false},
		"a string with escapes": {[]string{` "a\"\\ ;," `}, `a"\ ;,`, false},
		"a word":                {[]string{"8e03978e-40d5-43dd"}, "8e03978e-40d5-43dd", false},
		"255 characters":        {[]string{strings.Repeat("k", 255)}, strings.Repeat("k", 255), false},
		"256 characters":        {[]string{strings.Repeat("k", 256)}, "", true},
		"two headers":           {[]string{"a", "a"}, "", true},
		"two words":             {[]string{"a b"}, "", true},
		"a list":                {[]string{`"a", "b"`}, "", true},
		"parameters":            {[]string{`"a";b=1`}, "", true},
		"an empty header":       {[]string{""}, "", true},
		"an empty string":       {[]string{`""`}, "", true},
		"a string without end":  {[]string{`"a`}, "", true},
		"an unknown escape":     {[]string{`"\n"`}, "", true},
		"an escape at the end":  {[]string{`"a\`}, "", true},
		"a control byte":        {[]string{"\"a\x01\""}, "", true},
		"no ASCII":              {[]string{`"é"`}, "", true},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			got, err := jobs.ParseKey(c.values)
			if got != c.want || (err != nil) != c.bad {
				t.Errorf("got %q, %v", got, err)
			}
		})
	}
}
