package admin

import (
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/danielgtaylor/huma/v2"

	"github.com/linkgate/linkgate/store"
	"github.com/linkgate/linkgate/store/strictjson"
)

// errNoText is the error of a value that is no text.
var errNoText = errors.New("must be a string")

// readName reads a rid or an iss.
func readName(value json.RawMessage, into *string) error {
	text, ok := strictjson.String(value)
	if !ok {
		return errNoText
	}
	if err := checkName(text); err != nil {
		return err
	}
	*into = text
	return nil
}

// checkName reports by its error whether a text can be a rid or an iss.
func checkName(text string) error {
	switch {
	case text == "":
		return errors.New("must not be empty")
	case len(text) > store.MaxName:
		return fmt.Errorf("must not be over %d bytes", store.MaxName)
	case !plain(text):
		return errors.New("must not contain control characters")
	}
	return nil
}

// plain reports whether a text is UTF-8 without control characters. Beside the
// control bytes of ASCII these are those above it (C1): some terminals obey
// them. All other characters are a name's own business, the line separators of
// Unicode too: JSON and headers carry them encoded.
func plain(text string) bool {
	return utf8.ValidString(text) && !strings.ContainsFunc(text, unicode.IsControl)
}

// nameSchema describes a rid or an iss.
func nameSchema(description string) *huma.Schema {
	return &huma.Schema{
		Type: huma.TypeString, MinLength: new(1), MaxLength: new(store.MaxName),
		Description: fmt.Sprintf("%s At most %d bytes, without control characters.", description, store.MaxName),
	}
}
