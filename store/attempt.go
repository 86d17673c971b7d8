package store

import (
	"fmt"
	"time"
)

// An Attempt is one presentation of a token somewhere, at some time.
type Attempt struct {
	// Link is the id that was presented, on its own or inside a JWT.
	Link string

	// Now is the caller's time.
	Now time.Time

	// Route is the place where the token was presented.
	Route Route

	// Claims are those of the verified JWT that carried the link; nil where
	// the bare link was presented.
	Claims *Claims

	// AsCredential is set where the record is presented, with its secret, to
	// call the API rather than to open a gate.
	AsCredential bool
}

// A Route is what a gate demands of the tokens it lets through.
type Route struct {
	// Issuers are the campaigns whose tokens are meant for this route. Empty:
	// any campaign, and tokens without one.
	Issuers []string

	// MatchURL demands that Host and Path lie under the token's own URL. A
	// token without a URL lies nowhere.
	MatchURL bool

	// Host is the request's host, with its port where it has one.
	Host string

	// Path is the request's escaped path without the token.
	Path string
}

// Claims are what a verified JWT says about its token.
type Claims struct {
	// Link is the claim _id.
	Link string

	// RID is the claim rid. It has to agree with the record's.
	RID string

	// Expires is the claim exp. Where it and the record disagree on the end
	// of life, the earlier one holds.
	Expires time.Time

	// NotBefore is the claim nbf; zero where there is none.
	NotBefore time.Time
}

// A Decision is the outcome of an [Attempt].
type Decision struct {
	// Reason is empty where the attempt was admitted.
	Reason Reason

	// Token is the record that was judged, shared and read-only; nil where
	// the link is not known at all. It is set on refusals too: what of it is
	// shown to whom is the caller's to decide.
	Token *Token

	// Counter is the number of uses after the decision, this one included
	// where it was charged.
	Counter int64

	// Ends is the first instant at which the presented token is over, by the
	// record or by the JWT. Zero: never.
	Ends time.Time
}

// Admitted reports whether the attempt was let through.
func (d Decision) Admitted() bool { return d.Reason == Admitted }

// CheckCharged returns an error that wraps [ErrInvalid] where d cannot be a use
// that was charged. Every backend asks it before it gives one back.
func (d Decision) CheckCharged() error {
	if d.Token == nil || !d.Admitted() {
		return fmt.Errorf("%w: no use was charged", ErrInvalid)
	}
	return nil
}

// Remaining is the number of uses left, or -1 where there is no limit. It
// means nothing where Token is nil.
func (d Decision) Remaining() int64 {
	if d.Token == nil {
		return 0
	}
	return remaining(d.Token.Limit, d.Counter)
}

// Remaining is the number of uses left, or -1 where there is no limit.
func (r Record) Remaining() int64 { return remaining(r.Token.Limit, r.Counter) }

func remaining(limit, counter int64) int64 {
	if limit == NoLimit {
		return -1
	}
	return max(0, limit-counter)
}
