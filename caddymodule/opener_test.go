package caddymodule

import (
	"errors"
	"testing"
	"time"

	"go.uber.org/zap"

	"github.com/linkgate/linkgate/store"
)

// A slowProvider takes its time to find out that its server is away.
type slowProvider struct {
	fakeProvider
	slow    bool
	entered chan struct{}
	release chan struct{}
}

func (p *slowProvider) Open(log *zap.Logger) (store.Store, error) {
	if p.slow {
		p.entered <- struct{}{}
		<-p.release
	}
	return p.fakeProvider.Open(log)
}

// The bug: each request waited for the one before it to find out that the
// server is away, and then tried by itself.
func TestOneRequestLooksForAServerThatIsAwayAndTheOthersDoNotWait(t *testing.T) {
	t.Parallel()
	p := &slowProvider{
		fakeProvider: fakeProvider{resource: "fake:" + t.Name(), dir: t.TempDir(), fails: store.ErrUnavailable},
		entered:      make(chan struct{}), release: make(chan struct{}),
	}
	app := appOver(t, &p.fakeProvider)
	app.provider = p
	now := time.Now()
	app.now = func() time.Time { return now }
	if _, err := app.open(); !errors.Is(err, store.ErrUnavailable) {
		t.Fatal(err)
	}
	now, p.slow = now.Add(retryEvery), true
	looking := make(chan error)
	go func() {
		_, err := app.open()
		looking <- err
	}()
	<-p.entered
	for range 3 { // would wait for ever
		if _, err := app.open(); !errors.Is(err, store.ErrUnavailable) {
			t.Errorf("meanwhile: %v", err)
		}
	}
	close(p.release)
	if err := <-looking; !errors.Is(err, store.ErrUnavailable) {
		t.Error(err)
	}
	if _, err := app.open(); !errors.Is(err, store.ErrUnavailable) || p.opened.Load() != 2 {
		t.Errorf("it was tried again at once: %v, %d times", err, p.opened.Load())
	}
}
