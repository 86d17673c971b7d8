package rows

import (
	"encoding/json"
	"strings"

	"github.com/linkgate/linkgate/store/strictjson"
)

// A Kind is what the cells of a column hold.
type Kind int

// The kinds of cells.
const (
	// Text is a string.
	Text Kind = iota

	// Integer is a number without a fraction. What is none is handed on as a
	// string, for whoever reads the row to say what the value must be.
	Integer

	// List is a list of strings, with semicolons between them.
	List
)

// json is a cell that is not empty as JSON.
func (k Kind) json(cell string) json.RawMessage {
	var value any = cell
	switch k {
	case Integer:
		if _, ok := strictjson.Integer(json.RawMessage(cell)); ok {
			return json.RawMessage(cell)
		}
	case List:
		value = strings.Split(cell, ";")
	case Text:
	}
	// Strings, and lists of them, can always be encoded.
	out, _ := json.Marshal(value)
	return out
}
