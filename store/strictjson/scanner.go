package strictjson

import "bytes"

// A scanner reads one text from left to right, looking at each byte once or
// twice. It keeps the open objects and arrays in a slice of bounded length, so
// that no text can exhaust the stack.
type scanner struct {
	data  []byte
	pos   int
	limit int  // deepest nesting allowed
	keep  bool // whether the members of the outermost object are wanted

	open      []container
	isObject  bool // the outermost value is an object
	members   []Member
	start     int // where the value of the last of members begins
	duplicate *DuplicateError
}

// A container is an object or array whose end has not been read yet.
type container struct {
	object bool
	begun  bool // its first element was read
	names  names
}

// document reads the whole text. A repeated member is only remembered: a text
// that is malformed further on is malformed in the first place.
func (s *scanner) document() error {
	if bytes.HasPrefix(s.data, []byte("\xef\xbb\xbf")) {
		return syntax(0, "byte order mark")
	}
	if err := s.value(); err != nil {
		return err
	}
	for len(s.open) > 0 {
		if err := s.step(); err != nil {
			return err
		}
	}
	if s.space(); s.pos < len(s.data) {
		return syntax(s.pos, "something behind the value")
	}
	return nil
}

// step reads one element of the innermost container, or its end.
func (s *scanner) step() error {
	c := &s.open[len(s.open)-1]
	s.space()
	if s.peek() == c.end() {
		s.pos++
		s.open = s.open[:len(s.open)-1]
		s.finished()
		return nil
	}
	if c.begun {
		if s.peek() != ',' {
			return syntax(s.pos, "missing comma or end")
		}
		s.pos++
	}
	c.begun = true
	if c.object {
		if err := s.name(c); err != nil {
			return err
		}
	}
	return s.value()
}

// name reads the name of a member and its colon.
func (s *scanner) name(c *container) error {
	if s.space(); s.peek() != '"' {
		return syntax(s.pos, "missing member name")
	}
	begin := s.pos
	escaped, err := s.text()
	if err != nil {
		return err
	}
	name := decode(s.data[begin:s.pos], escaped)
	if !c.names.add(name) && s.duplicate == nil {
		s.duplicate = &DuplicateError{Name: name}
	}
	if s.space(); s.peek() != ':' {
		return syntax(s.pos, "missing colon")
	}
	s.pos++
	if s.keep && s.isObject && len(s.open) == 1 {
		if s.members == nil {
			s.members = make([]Member, 0, usualMembers)
		}
		s.members = append(s.members, Member{Name: name})
	}
	return nil
}

// value reads a scalar, or the first byte of an object or array.
func (s *scanner) value() error {
	s.space()
	if len(s.open) == 1 {
		s.start = s.pos
	}
	var err error
	switch s.peek() {
	case '{':
		return s.enter(true)
	case '[':
		return s.enter(false)
	case '"':
		_, err = s.text()
	case 't':
		err = s.word("true")
	case 'f':
		err = s.word("false")
	case 'n':
		err = s.word("null")
	default:
		err = s.number()
	}
	if err == nil {
		s.finished()
	}
	return err
}

func (s *scanner) enter(object bool) error {
	if len(s.open) >= s.limit {
		return syntax(s.pos, "nested too deep")
	}
	if len(s.open) == 0 {
		s.isObject = object
	}
	s.open = append(s.open, container{object: object})
	s.pos++
	return nil
}

// finished takes down the value that ends here, where it is one of a member
// of the outermost object.
func (s *scanner) finished() {
	if s.keep && s.isObject && len(s.open) == 1 {
		s.members[len(s.members)-1].Value = s.data[s.start:s.pos:s.pos]
	}
}

// end is the byte that closes the container.
func (c *container) end() byte {
	if c.object {
		return '}'
	}
	return ']'
}

// peek is the next byte, or 0 at the end, where no valid text has a 0.
func (s *scanner) peek() byte {
	if s.pos < len(s.data) {
		return s.data[s.pos]
	}
	return 0
}

func (s *scanner) space() {
	for s.pos < len(s.data) {
		switch s.data[s.pos] {
		case ' ', '\t', '\n', '\r':
			s.pos++
		default:
			return
		}
	}
}
