// Package store defines what a link token is, the rules that decide whether a
// use of it is admitted, and the [Store] that keeps tokens and counts uses.
//
// The package knows no web server and no database: it is the standard library
// and the rules. Backends live in sub-packages and prove themselves with
// package storetest.
package store

import "context"

// A Store keeps tokens and counts their uses. It is the one place where the
// promise "a limit is never exceeded and never lost" is kept.
//
// # What every implementation owes
//
// Concurrency: every method may be called from any number of goroutines.
//
// Atomicity: each call takes effect at one instant or not at all. In
// particular [Store.Use] decides and charges in one step: no other call
// happens between the decision and the charge.
//
// Ordering: calls are linearizable. A call that starts after another one
// returned sees all of its effects.
//
// Durability: what a call reports as done survives as long as the store's
// configuration promises (see each backend), before the call returns.
//
// Records and counters are apart: nothing but Use and GiveBack moves a counter
// of an existing token. An update of the record cannot lose a use.
//
// Errors: a method returns one of the sentinels of this package, wrapped, or
// an error that wraps [ErrUnavailable]. After an error that wraps
// ErrUnavailable the outcome of the call is unknown: a use counts as spent
// and must not be admitted. A refusal is a [Decision], never an error.
//
// Cancellation: a call whose context ends before it took effect returns the
// context's error, wrapped, with nothing changed if that can be known;
// otherwise the outcome is unknown, as above.
//
// Closing: after [Store.Close] has begun, calls return [ErrClosed]. Close
// waits for the calls under way.
//
// # What every caller owes
//
// Values returned are shared and must not be changed; this holds for the
// token inside a Decision above all. Time is the caller's: the store reads no
// clock unless its backend says so (a shared store judges by its own clock,
// so that all gateways agree).
type Store interface {
	// Use judges one presentation of a token and, if the rules admit it,
	// counts it, in one atomic step. The use is durable before Use returns.
	// The judgement is that of [Judge], asked inside the step. A link that is
	// not kept, or is malformed, gives the reason [Unknown]. A counter that
	// has reached the highest int64 stays there.
	Use(ctx context.Context, a Attempt) (Decision, error)

	// GiveBack takes back a use that Use has charged: the counter goes down by
	// one. charged is what Use answered; one that admitted nobody is
	// [ErrInvalid]. That the use came to nothing, and that it is given back
	// once at most, is for the caller to know.
	//
	// Where the token is not kept any more, or its link is another token's by
	// now (see [Token.Is]), nothing changes: [ErrNotFound]. A counter never
	// goes below zero, and one that has reached the highest int64 stays there:
	// it stands for more uses than it can show.
	//
	// Alone among the calls it may be durable after it returns: what is lost
	// of it is a use that stays spent. It is never durable before the use is.
	GiveBack(ctx context.Context, charged Decision) error

	// Peek judges as Use would at this instant and counts nothing.
	Peek(ctx context.Context, a Attempt) (Decision, error)

	// Get returns the record of link, or [ErrNotFound].
	Get(ctx context.Context, link string) (Record, error)

	// Create keeps new records with their counters, all of them or none.
	// A link that is already kept, or that stands twice in the call, is
	// [ErrExists]: a record is never overwritten. A record that
	// [Record.Check] refuses is [ErrInvalid]. The records and all they refer
	// to stay the caller's, who may change them afterwards.
	Create(ctx context.Context, records ...Record) error

	// Update changes the token of link by change, which gets a copy that it
	// may modify (its slices too, by replacing them). An error of change
	// leaves the record as it was and is returned unwrapped. change may run
	// more than once and must depend on nothing but its argument. Link,
	// UUID, Created and CreatedBy stay what they were; a result that
	// [Record.Check] refuses is [ErrInvalid]. A link that is not kept is
	// [ErrNotFound], and change does not run. A change that panics leaves
	// the record as it was and the store in working order.
	Update(ctx context.Context, link string, change func(*Token) error) (Record, error)

	// Delete forgets the record and the counter of link, or returns
	// [ErrNotFound]. The link is free then: made again, it counts from what
	// it comes with.
	Delete(ctx context.Context, link string) error

	// DeleteIf is Delete where may returns nil for the token as it is at that
	// instant: nobody can change it in between. An error of may leaves the
	// record and its counter as they were and is returned unwrapped. may gets
	// a copy; what [Store.Update] says of its change holds for it too.
	DeleteIf(ctx context.Context, link string, may func(*Token) error) error

	// List returns one page of records in the order of their creation
	// (Created, then Link). It is consistent within a page. A query that
	// makes no sense (see [Query]) is [ErrInvalid].
	List(ctx context.Context, q Query) (Page, error)

	// Health returns nil where the store can admit a limited use right now,
	// or an error that says why it cannot.
	Health(ctx context.Context) error

	Vault

	// Close waits for the calls under way, makes everything durable and lets
	// go of the resource. A second Close returns nil.
	Close() error
}

// A Vault keeps the few small values that belong to the whole deployment
// rather than to a token, such as signing keys. Names and values are what
// [CheckName] and [CheckValue] let pass. All that [Store] promises holds here
// too. The bytes of a value stay the caller's, before the call and after it.
type Vault interface {
	// Keep stores value under name unless something is kept there already,
	// and returns what is kept: the first value wins, on all gateways. A
	// name or a value that is not fit is [ErrInvalid].
	Keep(ctx context.Context, name string, value []byte) ([]byte, error)

	// Kept returns everything whose name starts with prefix, by name.
	Kept(ctx context.Context, prefix string) (map[string][]byte, error)

	// Forget removes name, or returns [ErrNotFound].
	Forget(ctx context.Context, name string) error
}

// MaxPage is the most records that one [Page] holds.
const MaxPage = 1000

// A Query selects records for [Store.List]. The zero value selects the first
// MaxPage records.
type Query struct {
	// Issuer selects the records of one campaign. Empty: all campaigns.
	Issuer string

	// After continues behind the page that returned it as Next. Empty: from
	// the first record on. What cannot be a cursor is [ErrInvalid].
	After string

	// Offset skips that many records of the selection, behind After. A
	// negative one is [ErrInvalid], one beyond the end an empty page.
	Offset int64

	// Limit is the most records to return. Zero, negative or more than
	// MaxPage: MaxPage.
	Limit int

	// WithAdmins includes records that hold the scope [ScopeAdmin].
	WithAdmins bool
}

// A Page is a stretch of a list.
type Page struct {
	Records []Record

	// Next is the cursor for [Query.After]; empty where the list ended, so
	// that a page which has one is full. The form is the backend's own. A
	// cursor stays good while records come and go; what is created with an
	// earlier time than the cursor's is not seen.
	Next string

	// Total is the number of records the whole selection holds, however few
	// of them are on this page.
	Total int64
}
