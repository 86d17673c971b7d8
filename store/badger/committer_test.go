package badger

import (
	"context"
	"errors"
	"strings"
	"testing"
	"time"

	engine "github.com/dgraph-io/badger/v4"
	"go.uber.org/zap"
	"go.uber.org/zap/zaptest/observer"

	"github.com/linkgate/linkgate/store"
)

// hold keeps the committer busy until the returned function is called.
func hold(t *testing.T, s *Store) (release func()) {
	t.Helper()
	taken, free, done := make(chan struct{}), make(chan struct{}), make(chan error, 1)
	go func() {
		done <- s.submit(context.Background(), &op{run: func(*engine.Txn) error {
			close(taken)
			<-free
			return nil
		}})
	}()
	<-taken
	return func() {
		close(free)
		if err := <-done; err != nil {
			t.Errorf("the call that held the committer: %v", err)
		}
	}
}

func TestCallThatGivesUpBeforeItsTurnChangesNothing(t *testing.T) {
	t.Parallel()
	s := open(t, Options{Path: t.TempDir()})
	links := kept(t, s, 2)
	release := hold(t, s)
	ctx, cancel := context.WithTimeout(t.Context(), 20*time.Millisecond)
	defer cancel()
	fresh := store.NewLink()
	for call, err := range map[string]error{
		"Create": s.Create(ctx, store.Record{Token: store.Token{Link: fresh}}),
		"Delete": s.Delete(ctx, links[1]),
		"Health": s.Health(ctx),
	} {
		if !errors.Is(err, context.DeadlineExceeded) || errors.Is(err, store.ErrUnavailable) {
			t.Errorf("%s: got %v, want the context's error alone", call, err)
		}
	}
	// A use was counted when it began to wait: it is spent, and says so.
	if err := second(s.Use(ctx, store.Attempt{Link: links[1]})); !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("Use after its time: got %v", err)
	}
	brief, cancel := context.WithTimeout(t.Context(), 20*time.Millisecond)
	defer cancel()
	err := second(s.Use(brief, store.Attempt{Link: links[0]}))
	if !errors.Is(err, store.ErrUnavailable) || !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("Use: got %v, want ErrUnavailable and the context's error", err)
	}
	// Reading does not wait for the committer.
	if _, err := s.Get(t.Context(), links[0]); err != nil {
		t.Errorf("Get: %v", err)
	}
	release()
	for i, link := range links {
		// Both have one: one was made with it, and one was charged.
		if r, err := s.Get(t.Context(), link); err != nil || r.Counter != 1 {
			t.Errorf("token %d: got counter %d, error %v", i, r.Counter, err)
		}
	}
	if _, err := s.Get(t.Context(), fresh); !errors.Is(err, store.ErrNotFound) {
		t.Errorf("got %v, want ErrNotFound", err)
	}
}

func TestCallWhoseTurnHasComeRunsToItsEnd(t *testing.T) {
	t.Parallel()
	s := open(t, Options{Path: t.TempDir()})
	i, _ := parseID(kept(t, s, 1)[0])
	ctx, cancel := context.WithCancel(t.Context())
	err := s.submit(ctx, &op{run: func(txn *engine.Txn) error {
		cancel()
		return set(txn, i.counterKey(), encodeCounter(7))
	}})
	if err != nil {
		t.Fatalf("got %v, want success", err)
	}
	if err := s.view(t.Context(), func(txn *engine.Txn) error {
		n, err := getCounter(txn, i)
		if n != 7 {
			t.Errorf("got counter %d, want 7", n)
		}
		return err
	}); err != nil {
		t.Fatal(err)
	}
}

func TestPanicEndsOneCallAndNotTheCommitter(t *testing.T) {
	t.Parallel()
	core, logs := observer.New(zap.DebugLevel)
	s := open(t, Options{Path: t.TempDir(), Logger: zap.New(core)})
	link := kept(t, s, 1)[0]
	for name, bad := range map[string]func(){
		"a value that quotes a link": func() { panic("cannot handle " + link) },
		"nothing to point to":        func() { var t *store.Token; _ = t.Link },
	} {
		err := s.submit(t.Context(), &op{run: func(*engine.Txn) error { bad(); return nil }})
		if !errors.Is(err, store.ErrUnavailable) || strings.Contains(err.Error(), link) {
			t.Errorf("%s: got %v, want ErrUnavailable without the link", name, err)
		}
		if d, err := s.Use(t.Context(), store.Attempt{Link: link}); err != nil || !d.Admitted() {
			t.Errorf("%s: the next call: reason %q, error %v", name, d.Reason, err)
		}
	}
	if err := s.view(t.Context(), func(*engine.Txn) error { panic(link) }); !errors.Is(err, store.ErrUnavailable) ||
		strings.Contains(err.Error(), link) {
		t.Errorf("a panic while reading: got %v, want ErrUnavailable without the link", err)
	}
	entries := logs.FilterMessage("panic in a store operation").All()
	if len(entries) != 2 {
		t.Fatalf("%d panics are logged, want 2", len(entries))
	}
	for _, e := range logs.All() {
		if text := e.Message + stringOf(e.ContextMap()); strings.Contains(text, link) {
			t.Errorf("the log shows the link: %s", text)
		}
	}
}

func TestUpdateThatPanicsLetsTheStoreBeClosed(t *testing.T) {
	t.Parallel()
	s := open(t, Options{Path: t.TempDir()})
	link := kept(t, s, 1)[0]
	func() {
		defer func() { _ = recover() }()
		_, _ = s.Update(t.Context(), link, func(*store.Token) error { panic("a bug of the caller") })
	}()
	closed := make(chan error, 1)
	go func() { closed <- s.Close() }()
	select {
	case err := <-closed:
		if err != nil {
			t.Fatal(err)
		}
	case <-time.After(10 * time.Second):
		t.Fatal("Close waits for a call that has long panicked")
	}
}

func TestLongListGivesUp(t *testing.T) {
	t.Parallel()
	s := open(t, Options{Path: t.TempDir()})
	kept(t, s, 3)
	ctx, cancel := context.WithCancel(t.Context())
	l, err := s.newLister(ctx, store.Query{})
	if err != nil {
		t.Fatal(err)
	}
	cancel()
	if err := s.view(ctx, l.read); !errors.Is(err, context.Canceled) {
		t.Errorf("without its caller: got %v, want context.Canceled", err)
	}
	if err := s.db.view(l.read); !errors.Is(err, context.Canceled) {
		t.Errorf("in the middle: got %v, want context.Canceled", err)
	}
	s.drain.closing.Store(true)
	if err := s.db.view(l.read); !errors.Is(err, store.ErrClosed) {
		t.Errorf("while the store is being closed: got %v, want ErrClosed", err)
	}
}

func TestTooMuchForOneCallChangesNothing(t *testing.T) {
	t.Parallel()
	s := open(t, Options{Path: t.TempDir()})
	records := make([]store.Record, 30)
	for i := range records {
		records[i].Token = store.Token{Link: store.NewLink(), Data: make([]byte, 200<<10)}
	}
	if err := s.Create(t.Context(), records...); !errors.Is(err, store.ErrInvalid) {
		t.Fatalf("got %v, want ErrInvalid", err)
	}
	page, err := s.List(t.Context(), store.Query{})
	if err != nil || page.Total != 0 || len(page.Records) != 0 {
		t.Fatalf("got total %d, %d records, error %v; want none", page.Total, len(page.Records), err)
	}
}
