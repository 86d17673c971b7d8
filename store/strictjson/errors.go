package strictjson

import (
	"errors"
	"fmt"
	"strconv"
)

var (
	// ErrSyntax is wrapped by every error about a text that is not strict
	// JSON: malformed, not UTF-8, with half a surrogate pair, with a byte
	// order mark, nested too deep, or with something behind the value. The
	// error says where, and never quotes the text.
	ErrSyntax = errors.New("malformed JSON")

	// ErrNotObject is returned by [Object] for JSON that is no object.
	ErrNotObject = errors.New("not a JSON object")
)

// A DuplicateError says that an object has two members of one name.
type DuplicateError struct {
	// Name is the decoded name that was found twice.
	Name string
}

// maxShownName keeps an error text short however long the name is.
const maxShownName = 64

// Error implements error.
func (e *DuplicateError) Error() string {
	name := e.Name
	if len(name) > maxShownName {
		name = name[:maxShownName] + "…"
	}
	return "repeated member " + strconv.Quote(name)
}

// syntax makes an error about the byte at an offset.
func syntax(offset int, problem string) error {
	return fmt.Errorf("%w: %s at byte %d", ErrSyntax, problem, offset)
}
