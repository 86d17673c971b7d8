package store

import (
	"encoding/json"
	"slices"
	"time"
)

// NoLimit is the [Token.Limit] of a token that may be used without end.
const NoLimit = 0

// A Token is what was agreed when a link was made, and what was changed since.
// How often it was used is not part of it: see [Record].
//
// Times are kept to the microsecond at least. The JSON names are those under
// which backends keep a token, and so a part of their format: whoever renames
// one makes existing databases unreadable.
type Token struct {
	// Link names the token: 32 lower-case hexadecimal digits. See [NewLink].
	Link string `json:"link"`

	// UUID is a second name that may be shown where the link may not.
	UUID string `json:"uuid,omitempty"`

	// RID (requester), URL (base of the link) and Issuer (campaign) are empty
	// where the token has none.
	RID    string `json:"rid,omitempty"`
	URL    string `json:"url,omitempty"`
	Issuer string `json:"iss,omitempty"`

	// Expires is the first instant at which the token is over. Zero: never.
	Expires time.Time `json:"expires,omitzero"`

	// Minutes is the life that was asked for, in minutes. Zero: none was.
	Minutes int64 `json:"minutes,omitempty"`

	// Limit is the most uses there can be, or NoLimit.
	Limit int64 `json:"limit,omitempty"`

	// State switches the token on and off.
	State State `json:"state"`

	// Created never changes and orders lists; Modified is the last change of
	// the record. Both are UTC in whole microseconds.
	Created  time.Time `json:"created"`
	Modified time.Time `json:"modified"`

	// CreatedBy is the UUID of the credential that made the record.
	CreatedBy string `json:"created_by,omitempty"`

	// HashedAccessToken is the bcrypt hash of the secret that makes this
	// record an API credential. Empty on plain links.
	HashedAccessToken string `json:"hashed_access_token,omitempty"`

	// Scopes are what an API credential may do.
	Scopes []Scope `json:"scopes,omitempty"`

	// Config is the list of attributes that the creating call asked for.
	Config []string `json:"config,omitempty"`

	// Data is a JSON object with the caller's own fields, kept byte for byte;
	// nil where there are none.
	Data json.RawMessage `json:"data,omitempty"`
}

// Clone returns a deep copy.
func (t *Token) Clone() Token {
	c := *t
	c.Scopes = slices.Clone(t.Scopes)
	c.Config = slices.Clone(t.Config)
	c.Data = slices.Clone(t.Data)
	return c
}

// Is reports whether both are one token, whatever was changed in between. Two
// tokens can have one link, one after the other's deletion.
func (t *Token) Is(other *Token) bool {
	return t.Link == other.Link && t.UUID == other.UUID && t.Created.Equal(other.Created)
}

// Admin reports whether the record holds [ScopeAdmin]: such a record opens no
// gate and is listed to its equals only.
func (t *Token) Admin() bool { return slices.Contains(t.Scopes, ScopeAdmin) }

// A State switches a token on or off.
type State string

// The states of a token.
const (
	Enabled  State = "enabled"
	Disabled State = "disabled"
)

// Valid reports whether s is a state.
func (s State) Valid() bool { return s == Enabled || s == Disabled }

// A Scope is something that an API credential may do.
type Scope string

// The scopes of an API credential.
const (
	// ScopeRead: fetch, list, validate, explain and compare hashes.
	ScopeRead Scope = "read"
	// ScopeWrite: create, change and delete, and make secrets and hashes.
	ScopeWrite Scope = "write"
	// ScopeAdmin: see hashes, change the scopes of others and, with the scopes
	// above, see and change records that hold this scope.
	ScopeAdmin Scope = "admin"
)

// Valid reports whether s is a scope.
func (s Scope) Valid() bool { return s == ScopeRead || s == ScopeWrite || s == ScopeAdmin }

// A Record is a token and the number of its uses.
type Record struct {
	Token   Token
	Counter int64
}
