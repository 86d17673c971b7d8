package flexquery

// same is the equality of eq, neq and of what contains looks for in a list:
// two texts exactly, a number and a text that reads as one as numbers, a
// boolean and the text `true` or `false`, lists element by element.
func same(a, b Value) bool {
	switch {
	case a.nested() && b.nested():
		return sameNested(a, b)
	case a.nested() || b.nested():
		return false
	case a.kind == Number || b.kind == Number:
		n, ok := a.number()
		m, both := b.number()
		return ok && both && n.compare(m) == 0
	case a.kind == Null || b.kind == Null:
		return a.kind == b.kind
	default: // texts and booleans
		return a.text == b.text
	}
}

func sameNested(a, b Value) bool {
	if len(a.entries) != len(b.entries) {
		return false
	}
	for i, e := range a.entries {
		if a.keyOf(i) != b.keyOf(i) || !same(e.value, b.entries[i].value) {
			return false
		}
	}
	return true
}

// alike is the equality of in and nin, PHP's `==`: texts that read as numbers
// are numbers, and whatever is compared with a boolean counts as true or
// false itself.
func alike(a, b Value) bool {
	switch {
	case a.kind == Bool || b.kind == Bool:
		return a.truth() == b.truth()
	case a.nested() && b.nested():
		return alikeNested(a, b)
	case a.kind == Null || b.kind == Null:
		return alikeNull(a, b)
	case a.nested() || b.nested():
		return false
	case a.kind == Text && b.kind == Text && a.text == b.text:
		return true
	}
	n, ok := a.number()
	m, both := b.number()
	return ok && both && n.compare(m) == 0
}

// alikeNull compares where one side is null: it is the empty text for a text,
// and false for all else.
func alikeNull(a, b Value) bool {
	if a.kind == Text || b.kind == Text {
		return a.text == b.text
	}
	return a.truth() == b.truth()
}

// alikeNested compares lists without regard to the order of their keys.
func alikeNested(a, b Value) bool {
	if len(a.entries) != len(b.entries) {
		return false
	}
	for i, e := range a.entries {
		other, ok := b.find(a.keyOf(i))
		if !ok || !alike(e.value, other) {
			return false
		}
	}
	return true
}

// truth is what a value is for PHP where it has to be true or false: false
// are null, zero, the texts “ and `0`, and a list without elements.
func (v Value) truth() bool {
	switch v.kind {
	case Null:
		return false
	case Bool:
		return v.text == "true"
	case Number:
		n, _ := v.number()
		return n.digits != ""
	case Text:
		return v.text != "" && v.text != "0"
	default:
		return len(v.entries) > 0
	}
}
