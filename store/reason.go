package store

import "net/http"

// A Reason says why a token was not admitted. The words are part of the
// contract: they appear in {http.linkgate.reason}, in explain and in metrics.
type Reason string

// The reasons in their order of precedence: a token to which several apply
// gets the first one, everywhere. Those from Ambiguous on are about the request
// or the gateway rather than the token: no [Store] gives them.
const (
	// Admitted is the absence of a reason to refuse.
	Admitted Reason = ""

	Missing          Reason = "missing"
	Unknown          Reason = "unknown"
	OutOfScope       Reason = "out_of_scope"
	SwitchedOff      Reason = "disabled"
	NotYet           Reason = "not_yet"
	Expired          Reason = "expired"
	Exhausted        Reason = "exhausted"
	Ambiguous        Reason = "ambiguous"
	BadPath          Reason = "bad_path"
	EarlyData        Reason = "early_data"
	RateLimited      Reason = "rate_limited"
	StoreUnavailable Reason = "store_unavailable"
)

// Status is the HTTP status of an answer with this reason. Unknown and
// out-of-scope tokens share one, so that a stranger learns nothing.
func (r Reason) Status() int {
	switch r {
	case Admitted:
		return http.StatusOK
	case Missing:
		return http.StatusUnauthorized
	case Unknown, OutOfScope:
		return http.StatusNotFound
	case SwitchedOff, NotYet:
		return http.StatusForbidden
	case Expired, Exhausted:
		return http.StatusGone
	case Ambiguous, BadPath:
		return http.StatusBadRequest
	case EarlyData:
		return http.StatusTooEarly
	case RateLimited:
		return http.StatusTooManyRequests
	case StoreUnavailable:
		return http.StatusServiceUnavailable
	}
	return http.StatusServiceUnavailable
}

// Reasons returns every reason to refuse, in the order of precedence.
func Reasons() []Reason {
	return []Reason{
		Missing, Unknown, OutOfScope, SwitchedOff, NotYet, Expired, Exhausted,
		Ambiguous, BadPath, EarlyData, RateLimited, StoreUnavailable,
	}
}
