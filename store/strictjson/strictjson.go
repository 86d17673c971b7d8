// Package strictjson reads JSON that somebody else wrote and hides nothing.
//
// Package encoding/json is generous: it matches member names in any case, lets
// the last of two equal members win and writes U+FFFD for what is no Unicode.
// Two readers of one text can then disagree on what it says, and that
// disagreement is what an attacker works with. This package refuses such
// texts, gives the members as they stand, and leaves the exact comparison of
// names to its caller.
package strictjson

import "encoding/json"

// MaxDepth is the deepest nesting of objects and arrays that [Object] and
// [Valid] accept: `[]` has depth 1.
const MaxDepth = 32

// A Member is one name and its value in an object.
type Member struct {
	// Name is the decoded name: `"\u0061"` and `"a"` are the same.
	Name string

	// Value holds the exact bytes of the value, without the white space
	// around it. It shares memory with the text that was read.
	Value json.RawMessage
}

// Object reads a text that is one JSON object, with white space around it at
// most, and returns the members in their order.
//
// A text that is malformed is [ErrSyntax]; else, one that is no object is
// [ErrNotObject]; else, one in which an object at any depth has two members
// of one name is a [*DuplicateError].
func Object(data []byte) ([]Member, error) {
	return ObjectDepth(data, MaxDepth)
}

// ObjectDepth is [Object] with a limit on the depth of its own.
func ObjectDepth(data []byte, depth int) ([]Member, error) {
	s := scanner{data: data, limit: depth, keep: true}
	if err := s.document(); err != nil {
		return nil, err
	}
	if !s.isObject {
		return nil, ErrNotObject
	}
	if s.duplicate != nil {
		return nil, s.duplicate
	}
	return s.members, nil
}

// Valid reports by its error whether a text is one JSON value of any kind, by
// the rules of [Object].
func Valid(data []byte) error {
	s := scanner{data: data, limit: MaxDepth}
	if err := s.document(); err != nil {
		return err
	}
	if s.duplicate != nil {
		return s.duplicate
	}
	return nil
}
