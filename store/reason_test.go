package store_test

import (
	"testing"

	"github.com/linkgate/linkgate/store"
)

// TestReasonsAndTheirStatus spells the contract's table out.
func TestReasonsAndTheirStatus(t *testing.T) {
	t.Parallel()
	for word, want := range map[string]int{
		"":                  200,
		"missing":           401,
		"unknown":           404,
		"out_of_scope":      404,
		"disabled":          403,
		"not_yet":           403,
		"expired":           410,
		"exhausted":         410,
		"ambiguous":         400,
		"bad_path":          400,
		"early_data":        425,
		"rate_limited":      429,
		"store_unavailable": 503,
		"of another time":   503, // Fail closed.
	} {
		if got := store.Reason(word).Status(); got != want {
			t.Errorf("%q: got status %d, want %d", word, got, want)
		}
	}
}

func TestWordsOfTheReasons(t *testing.T) {
	t.Parallel()
	for reason, want := range map[store.Reason]string{
		store.Admitted: "", store.Missing: "missing", store.Unknown: "unknown", store.OutOfScope: "out_of_scope",
		store.SwitchedOff: "disabled", store.NotYet: "not_yet", store.Expired: "expired", store.Exhausted: "exhausted",
		store.Ambiguous: "ambiguous", store.BadPath: "bad_path", store.EarlyData: "early_data",
		store.RateLimited: "rate_limited", store.StoreUnavailable: "store_unavailable",
	} {
		if string(reason) != want {
			t.Errorf("got %q, want %q", reason, want)
		}
	}
}
