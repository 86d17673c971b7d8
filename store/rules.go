package store

import (
	"slices"
	"time"
)

// Judge says what the rules make of an attempt on a token that was used
// counter times so far. It is a pure function: every backend calls it inside
// its atomic section, so that gate, validate, explain and all backends agree.
// A nil token is one that is not kept.
//
// The order of the checks is the order of the reasons: it decides which answer
// a token gets to which several refusals apply.
func Judge(t *Token, counter int64, a *Attempt) Decision {
	if t == nil {
		return Decision{Reason: Unknown}
	}
	d := Decision{Token: t, Counter: counter, Ends: ends(t, a.Claims)}
	d.Reason = reason(t, counter, a, d.Ends)
	return d
}

func reason(t *Token, counter int64, a *Attempt, end time.Time) Reason {
	switch {
	case t.Admin() && !a.AsCredential:
		return Unknown
	case a.Claims != nil && a.Claims.RID != t.RID:
		return Unknown
	case len(a.Route.Issuers) > 0 && !slices.Contains(a.Route.Issuers, t.Issuer):
		return Unknown
	case a.Route.MatchURL && !under(t.URL, a.Route.Host, a.Route.Path):
		return OutOfScope
	case t.State != Enabled:
		return SwitchedOff
	case a.Claims != nil && a.Now.Before(a.Claims.NotBefore):
		return NotYet
	case !end.IsZero() && !a.Now.Before(end):
		return Expired
	case t.Limit != NoLimit && counter >= t.Limit:
		return Exhausted
	}
	return Admitted
}

// ends is the earlier end of life of the record and the JWT.
func ends(t *Token, c *Claims) time.Time {
	if c == nil || c.Expires.IsZero() {
		return t.Expires
	}
	if t.Expires.IsZero() || c.Expires.Before(t.Expires) {
		return c.Expires
	}
	return t.Expires
}
