package badger

import (
	"encoding/hex"
	"errors"
	"fmt"
	"strings"
	"testing"

	"go.uber.org/zap"
	"go.uber.org/zap/zaptest/observer"

	"github.com/linkgate/linkgate/store"
)

// stringOf writes a log entry's fields out.
func stringOf(fields map[string]any) string { return fmt.Sprintf("%v", fields) }

func TestLogShowsNoKey(t *testing.T) {
	t.Parallel()
	link := store.NewLink()
	i, _ := parseID(link)
	key := i.recordKey()
	for name, c := range map[string]struct {
		format string
		args   []any
	}{
		"as hexadecimal digits": {"Key [%x, %d]", []any{key, 1}},
		"as digits in a text":   {"range %s", []any{fmt.Sprintf("[left=%x]", key)}},
		"quoted":                {"First key=%q\n", []any{key}},
		"quoted in an error":    {"%v", []any{fmt.Errorf("DB::Get key: %q", key)}},
		"as numbers":            {"Unable to read: Key: %v", []any{key}},
		"as numbers in a text":  {"%s", []any{fmt.Sprintf("%d", key)}},
		"in a structure":        {"%+v", []any{struct{ left []byte }{key}}},
		"as a dump":             {"Left:\n%s\nRight: %d", []any{hex.Dump(key), 7}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			core, logs := observer.New(zap.DebugLevel)
			l := newLogger(zap.New(core))
			for _, log := range []func(string, ...any){l.Errorf, l.Warningf, l.Infof, l.Debugf} {
				log(c.format, c.args...)
			}
			if logs.Len() != 4 {
				t.Fatalf("got %d lines, want 4", logs.Len())
			}
			for _, e := range logs.All() {
				if showsKey(e.Message, key) {
					t.Errorf("%s: %q", e.Level, e.Message)
				}
			}
		})
	}
}

// showsKey looks for any four bytes of the key in a row, however written.
func showsKey(text string, key []byte) bool {
	for at := 2; at+4 <= len(key); at++ {
		part := key[at : at+4]
		for _, form := range []string{
			string(part), fmt.Sprintf("%x", part), fmt.Sprintf("% x", part),
			strings.Trim(fmt.Sprintf("%q", part), `"`), strings.Trim(fmt.Sprintf("%d", part), "[]"),
		} {
			if strings.Contains(text, form) {
				return true
			}
		}
	}
	return false
}

func TestLogKeepsWhatIsNoKey(t *testing.T) {
	t.Parallel()
	core, logs := observer.New(zap.DebugLevel)
	l := newLogger(zap.New(core))
	l.Infof("All %d tables opened in %s\n", 3, "2ms")
	l.Warningf("While compacting level 0: %v", errors.New("disk full"))
	want := []string{"All 3 tables opened in 2ms", "While compacting level 0: disk full"}
	levels := []string{"debug", "warn"}
	for n, e := range logs.All() {
		if e.Message != want[n] || e.Level.String() != levels[n] || e.LoggerName != "badger" {
			t.Errorf("got %s %q of %q, want %s %q", e.Level, e.Message, e.LoggerName, levels[n], want[n])
		}
	}
	if logs.Len() != len(want) {
		t.Fatalf("got %d lines", logs.Len())
	}
}

func TestQuietLoggerFormatsNothing(t *testing.T) {
	t.Parallel()
	core, logs := observer.New(zap.InfoLevel)
	s := open(t, Options{Path: t.TempDir(), Logger: zap.New(core)})
	kept(t, s, 3)
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	if logs.Len() != 0 {
		t.Fatalf("Badger's inner life is logged at info: %v", logs.All())
	}
}

func TestErrorOfTheEngineShowsNoKey(t *testing.T) {
	t.Parallel()
	i, _ := parseID(store.NewLink())
	err := unavailable("reading", fmt.Errorf("DB::Get key: %q: input/output error", i.counterKey()))
	if showsKey(err.Error(), i.counterKey()) || !strings.Contains(err.Error(), "input/output error") {
		t.Fatalf("got %q", err)
	}
	if !errors.Is(err, store.ErrUnavailable) {
		t.Fatalf("got %v, want ErrUnavailable", err)
	}
}
