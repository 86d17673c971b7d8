package flexquery

import (
	"math"
	"strconv"
	"strings"
)

// number is the number of a value that is one, or a text that reads as one.
func (v Value) number() (n number, ok bool) {
	if v.kind != Number && v.kind != Text {
		return number{}, false
	}
	return numberIn(v.text)
}

// nested reports whether a value has elements of its own, or could.
func (v Value) nested() bool { return v.kind == List || v.kind == Map }

// bytes is the text of a value by which it is compared with another text.
func (v Value) bytes() string {
	if v.kind == Number {
		return numberText(v.text)
	}
	return v.text
}

// compare orders two values as lt, gt and between do: two numbers, or texts
// that read as such, as numbers, and all else as bytes. As in PHP a list comes
// after all that is none, and of two lists the longer one does.
func compare(a, b Value) int {
	if a.nested() || b.nested() {
		return compareNested(a, b)
	}
	if n, ok := a.number(); ok {
		if m, ok := b.number(); ok {
			return n.compare(m)
		}
	}
	return strings.Compare(a.bytes(), b.bytes())
}

func compareNested(a, b Value) int {
	switch {
	case !b.nested():
		return 1
	case !a.nested():
		return -1
	case len(a.entries) != len(b.entries):
		return len(a.entries) - len(b.entries)
	}
	for i, e := range a.entries {
		other := b.element(a.keyOf(i))
		if c := compare(e.value, other); c != 0 {
			return c
		}
	}
	return 0
}

const (
	// smallestPlain and smallestLong bound what is written without an
	// exponent, as PHP writes it.
	smallestPlain = 1e-4
	smallestLong  = 1e15
)

// numberText is the text of a JSON number as PHP writes it: 8.0 is `8` and
// 1e25 is `1.0E+25`. Integers keep every digit.
func numberText(literal string) string {
	if !strings.ContainsAny(literal, ".eE") {
		if literal == "-0" {
			return "0"
		}
		return literal
	}
	f, err := strconv.ParseFloat(literal, 64)
	size := math.Abs(f)
	switch {
	case err != nil:
		return literal
	case f == 0:
		return "0"
	case smallestPlain <= size && size < smallestLong:
		return strconv.FormatFloat(f, 'f', -1, 64)
	}
	mantissa, exponent, _ := strings.Cut(strconv.FormatFloat(f, 'E', -1, 64), "E")
	if !strings.Contains(mantissa, ".") {
		mantissa += ".0"
	}
	return mantissa + "E" + exponent[:1] + strings.TrimLeft(exponent[1:], "0")
}
