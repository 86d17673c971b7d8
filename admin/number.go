package admin

import (
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"github.com/linkgate/linkgate/store"
	"github.com/linkgate/linkgate/store/strictjson"
)

const (
	// maxMinutes is the longest life of a token: a hundred years.
	maxMinutes = 52_560_000

	// maxLimit is the highest number of uses. Beyond it a program that reads
	// JSON numbers as floating point would read another number.
	maxLimit = 1 << 53
)

// readMinutes reads a life in minutes.
func readMinutes(value json.RawMessage, into *int64) error {
	n, ok := strictjson.Integer(value)
	if !ok || n < 1 || n > maxMinutes {
		return fmt.Errorf("must be an integer from 1 to %d (minutes)", maxMinutes)
	}
	*into = n
	return nil
}

// minutesSchema describes a life in minutes.
func minutesSchema() *huma.Schema {
	return &huma.Schema{
		Type: huma.TypeInteger, Minimum: new(1.0), Maximum: new(float64(maxMinutes)),
		Description: "The life of the token in minutes from now.",
	}
}

// readLimit reads the most uses. Null and negative numbers are no limit; zero
// is refused, because the two APIs that this one continues mean opposite
// things by it.
func readLimit(value json.RawMessage, into *int64) error {
	if strictjson.IsNull(value) {
		*into = store.NoLimit
		return nil
	}
	n, ok := strictjson.Integer(value)
	switch {
	case !ok || n > maxLimit:
		return fmt.Errorf("must be null or an integer up to %d", int64(maxLimit))
	case n == 0:
		return errors.New("must not be 0: null or -1 is no limit, and state disabled switches a token off")
	case n < 0:
		n = store.NoLimit
	}
	*into = n
	return nil
}

// limitSchema describes the most uses.
func limitSchema() *huma.Schema {
	return &huma.Schema{
		Type: huma.TypeInteger, Nullable: true, Maximum: new(float64(maxLimit)),
		Not:         &huma.Schema{Enum: []any{0}},
		Description: "The most uses. Null or a negative number: no limit. Zero is refused.",
	}
}

// lifeFrom is the end of a life that begins now.
func lifeFrom(now time.Time, minutes int64) time.Time {
	return now.Add(time.Duration(minutes) * time.Minute)
}

// instant is a time in the precision that records keep.
func instant(t time.Time) time.Time { return t.UTC().Truncate(time.Microsecond) }

// minutesLeft is the time until an end, rounded up: a token that is admitted
// has at least one minute left. Without an end it is -1.
func minutesLeft(end, now time.Time) int64 {
	if end.IsZero() {
		return -1
	}
	left := max(0, end.Sub(now))
	return int64((left + time.Minute - 1) / time.Minute)
}
