package badger

import (
	"fmt"
	"strings"

	engine "github.com/dgraph-io/badger/v4"
	"go.uber.org/zap"
)

// A logger passes Badger's messages on, without the keys that some of them
// show: a key contains a link. Badger's Info is about its inner life, which
// makes it debug here.
type logger struct {
	log   *zap.SugaredLogger
	guard *guard // listens; nil where there is none
}

func newLogger(l *zap.Logger) *logger {
	return &logger{log: l.Named("badger").WithOptions(zap.AddCallerSkip(1)).Sugar()}
}

// Errorf implements Badger's logger.
func (l *logger) Errorf(format string, args ...any) { l.log.Error(message(format, args)) }

// Warningf implements Badger's logger.
func (l *logger) Warningf(format string, args ...any) {
	l.guard.heard(format, args)
	l.log.Warn(message(format, args))
}

// Infof implements Badger's logger.
func (l *logger) Infof(format string, args ...any) { l.Debugf(format, args...) }

// Debugf implements Badger's logger.
func (l *logger) Debugf(format string, args ...any) {
	l.guard.heard(format, args)
	if l.log.Level().Enabled(zap.DebugLevel) {
		l.log.Debug(message(format, args))
	}
}

// message formats what cannot be a key and names the type of everything else.
func message(format string, args []any) string {
	safe := make([]any, len(args))
	for i, a := range args {
		switch a := a.(type) {
		case string, error, fmt.Stringer, bool, float32, float64,
			int, int8, int16, int32, int64, uint, uint8, uint16, uint32, uint64:
			safe[i] = a
		default:
			safe[i] = shielded(fmt.Sprintf("<%T>", a))
		}
	}
	return redact(strings.TrimSpace(fmt.Sprintf(format, safe...)))
}

// A shielded text prints as itself, whatever the verb.
type shielded string

// Format implements [fmt.Formatter].
func (s shielded) Format(f fmt.State, _ rune) { _, _ = f.Write([]byte(s)) }

// Interface guards.
var (
	_ engine.Logger = (*logger)(nil)
	_ fmt.Formatter = shielded("")
)
