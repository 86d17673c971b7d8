package admin

import (
	"encoding/json"
	"errors"
	"fmt"
	"regexp"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"github.com/linkgate/linkgate/store"
	"github.com/linkgate/linkgate/store/strictjson"
)

// An importEntry is a record as a Flextype API shows it, with what its server
// has kept. What is nil, or the zero value, was not said.
type importEntry struct {
	flexData

	id, uuid, createdBy, hash string

	created, modified, expires time.Time
}

// importFields are the members of an entry that a caller of the API cannot set.
func importFields() fields[importEntry] {
	return fields[importEntry]{
		{"id", true, &huma.Schema{}, func(v json.RawMessage, to *importEntry) error { return readLink(v, &to.id) }},
		{"uuid", false, &huma.Schema{}, func(v json.RawMessage, to *importEntry) error { return readUUID(v, &to.uuid) }},
		{"created_by", false, &huma.Schema{}, func(v json.RawMessage, to *importEntry) error { return readMaker(v, &to.createdBy) }},
		{"hashed_access_token", false, &huma.Schema{}, func(v json.RawMessage, to *importEntry) error { return readHash(v, &to.hash) }},
		{"created_at", false, &huma.Schema{}, func(v json.RawMessage, to *importEntry) error { return readMoment(v, &to.created) }},
		{"modified_at", false, &huma.Schema{}, func(v json.RawMessage, to *importEntry) error { return readMoment(v, &to.modified) }},
		{"expires_at", false, &huma.Schema{}, func(v json.RawMessage, to *importEntry) error { return readMoment(v, &to.expires) }},
	}
}

// readImportEntry reads the members of an entry. Null says nothing about the
// record itself, as in Flextype; in a field of one's own it is kept.
func readImportEntry(members []strictjson.Member) (*importEntry, error) {
	e, kept, known := &importEntry{}, importFields(), flexFields()
	for _, m := range members {
		if err := e.member(m, kept, known); err != nil {
			return nil, err
		}
	}
	// Flextype refuses a credential that lacks one of these.
	switch {
	case e.id == "":
		return nil, wrong("id", "is required")
	case e.state == nil:
		return nil, wrong("state", "is required")
	case e.limit == nil:
		return nil, wrong("limit_calls", "is required")
	case e.calls == nil:
		return nil, wrong("calls", "is required")
	case *e.limit != store.NoLimit && *e.calls > *e.limit:
		return nil, wrong("calls", "is over limit_calls")
	}
	return e, nil
}

// member reads one member.
func (e *importEntry) member(m strictjson.Member, kept fields[importEntry], known fields[flexData]) error {
	name, silent := shownName(m.Name), strictjson.IsNull(m.Value)
	if f, ok := kept.find(m.Name); ok {
		if silent {
			return nil
		}
		return named(name, f.read(m.Value, e))
	}
	if f, ok := known.find(m.Name); ok && m.Name != "exp" {
		if silent {
			return nil
		}
		return named(name, f.read(m.Value, &e.flexData))
	}
	right, misspelled := known.misspelled(m.Name)
	switch {
	case misspelled:
		return wrong(name, fmt.Sprintf("is no field of one's own; it is spelled %q", right))
	case store.ReservedField(m.Name) && !ownDate(m):
		return wrong(name, "is a field of the record itself; in the export it has to have another name")
	}
	e.own = append(e.own, m)
	return nil
}

// named says which field an error is about.
func named(field string, err error) error {
	if err == nil {
		return nil
	}
	return wrong(field, err.Error())
}

// readLink reads an id.
func readLink(value json.RawMessage, into *string) error {
	text, ok := strictjson.String(value)
	if !ok || !store.ValidLink(text) {
		return fmt.Errorf("must be %d lower-case hexadecimal digits", store.LinkLen)
	}
	*into = text
	return nil
}

// uuidForm is the form of a UUID of any version.
var uuidForm = regexp.MustCompile(`^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$`)

func readUUID(value json.RawMessage, into *string) error {
	text, ok := strictjson.String(value)
	if !ok || !uuidForm.MatchString(text) {
		return errors.New("must be a UUID in lower case")
	}
	*into = text
	return nil
}

// linkWithin finds a link, or a secret, inside a text.
var linkWithin = regexp.MustCompile(`(?i)[0-9a-f]{32}`)

// readMaker reads who made a record. Whoever may read records sees it, so it
// is no place for a link.
func readMaker(value json.RawMessage, into *string) error {
	text, ok := strictjson.String(value)
	switch {
	case !ok:
		return errNoText
	case len(text) > store.MaxName || !plain(text):
		return fmt.Errorf("must not be over %d bytes, nor contain control characters", store.MaxName)
	case linkWithin.MatchString(text):
		return errors.New("must not contain a token, which others would see")
	}
	*into = text
	return nil
}

// readHash reads the hash of a secret.
func readHash(value json.RawMessage, into *string) error {
	text, ok := strictjson.String(value)
	if !ok || !hashForm.MatchString(text) {
		return errors.New("must be a bcrypt hash with a cost from 4 to 14: no secret could be checked against it")
	}
	*into = text
	return nil
}

// flexDate is how Flextype writes down when a token was made, in UTC unless
// its settings say otherwise.
const flexDate = "02-01-2006 15:04"

// lastMoment is the end of the year 9999 in Unix seconds.
const lastMoment = 253402300799

// readMoment reads a time in either form in which Flextype shows it.
func readMoment(value json.RawMessage, into *time.Time) error {
	if seconds, ok := strictjson.Integer(value); ok && seconds > 0 && seconds <= lastMoment {
		*into = time.Unix(seconds, 0).UTC()
		return nil
	}
	if text, ok := strictjson.String(value); ok {
		if at, err := time.Parse(flexDate, text); err == nil {
			*into = at
			return nil
		}
	}
	return errors.New("must be Unix seconds, or a time in UTC in the form 16-05-2022 11:10")
}
