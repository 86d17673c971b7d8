package store

import (
	"fmt"
	"time"
	"unicode/utf8"
)

// What a backend keeps at most. The bounds are far above any sensible use;
// they exist so that one record cannot strain the database.
const (
	// MaxName is the most bytes of a requester and of a campaign.
	MaxName = 256

	// MaxRecord is the most bytes that the texts and the data of one record
	// have together.
	MaxRecord = 256 << 10

	// MaxValue is the most bytes of a value in a [Vault].
	MaxValue = 4 << 10
)

// Check returns an error that wraps [ErrInvalid] where a record is not one
// that a backend keeps. Every backend asks it before it creates or changes
// one, so that what one backend keeps, each of them keeps, byte for byte.
func (r *Record) Check() error {
	t := &r.Token
	switch {
	case !ValidLink(t.Link):
		return fmt.Errorf("%w: link is not %d lower-case hexadecimal digits", ErrInvalid, LinkLen)
	case r.Counter < 0:
		return fmt.Errorf("%w: counter is negative", ErrInvalid)
	case t.Limit < 0:
		return fmt.Errorf("%w: limit is negative", ErrInvalid)
	case len(t.RID) > MaxName:
		return fmt.Errorf("%w: rid is longer than %d bytes", ErrInvalid, MaxName)
	case len(t.Issuer) > MaxName:
		return fmt.Errorf("%w: iss is longer than %d bytes", ErrInvalid, MaxName)
	}
	for _, at := range []time.Time{t.Created, t.Modified, t.Expires} {
		if y := at.UTC().Year(); y < 1 || y > 9999 {
			return fmt.Errorf("%w: a time lies outside the years 1 to 9999", ErrInvalid)
		}
	}
	return t.checkTexts()
}

// checkTexts refuses what no JSON answer could show as it is.
func (t *Token) checkTexts() error {
	size := len(t.Data)
	for _, s := range t.texts() {
		if !utf8.ValidString(s) {
			return fmt.Errorf("%w: a text is not valid UTF-8", ErrInvalid)
		}
		size += len(s)
	}
	if size > MaxRecord {
		return fmt.Errorf("%w: record is larger than %d bytes", ErrInvalid, MaxRecord)
	}
	return nil
}

// texts are all strings of the token.
func (t *Token) texts() []string {
	out := []string{t.Link, t.UUID, t.RID, t.URL, t.Issuer, string(t.State), t.CreatedBy, t.HashedAccessToken}
	for _, s := range t.Scopes {
		out = append(out, string(s))
	}
	return append(out, t.Config...)
}

// CheckName returns an error that wraps [ErrInvalid] where name is not one
// that a [Vault] keeps: one to MaxName bytes of printable ASCII.
func CheckName(name string) error {
	if name == "" || len(name) > MaxName {
		return fmt.Errorf("%w: name is empty or longer than %d bytes", ErrInvalid, MaxName)
	}
	for i := range len(name) {
		if c := name[i]; c < ' ' || c > '~' {
			return fmt.Errorf("%w: name is not printable ASCII", ErrInvalid)
		}
	}
	return nil
}

// CheckValue returns an error that wraps [ErrInvalid] where value is too long
// for a [Vault].
func CheckValue(value []byte) error {
	if len(value) > MaxValue {
		return fmt.Errorf("%w: value is larger than %d bytes", ErrInvalid, MaxValue)
	}
	return nil
}
