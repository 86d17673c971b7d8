package flexquery

import (
	"math"
	"strconv"
)

// A window is the stretch of a list that a query shows.
type window struct {
	offset int

	// limit is the most to show; noLimit where all is shown.
	limit int
}

const noLimit = math.MaxInt

// end is the place behind the window.
func (w window) end() int {
	if w.limit > noLimit-w.offset {
		return noLimit
	}
	return w.offset + w.limit
}

// cut is the window of a list.
func cut[T any](w window, list []T) []T {
	return list[min(w.offset, len(list)):min(w.end(), len(list))]
}

func (q *Query) readOffset(v Value) (err error) {
	q.window.offset, err = readCount("[offset]", v)
	return err
}

func (q *Query) readLimit(v Value) (err error) {
	q.window.limit, err = readCount("[limit]", v)
	return err
}

// readCount reads a number as PHP does: its fraction does not count, and true
// is one.
func readCount(option string, v Value) (int, error) {
	if v.kind == Bool {
		if v.text == "true" {
			return 1, nil
		}
		return 0, nil
	}
	n, ok := v.number()
	switch {
	case !ok:
		return 0, wrong(option, "must be a number")
	case n.negative:
		return 0, wrong(option, "must not be negative")
	}
	return n.whole(), nil
}

// mostDigits is how many decimal digits always fit an int.
const mostDigits = 9

// whole is the number without its fraction, or more than there are records.
func (n number) whole() int {
	switch {
	case n.digits == "" || n.point <= 0:
		return 0
	case n.point > mostDigits:
		return math.MaxInt
	}
	digits := n.digits[:min(int64(len(n.digits)), n.point)]
	i, err := strconv.Atoi(digits)
	if err != nil {
		return math.MaxInt
	}
	for range int(n.point) - len(digits) {
		i *= 10
	}
	return i
}

// A choice is which records of the window are shown.
type choice int

const (
	all choice = iota
	first
	last
)

// readReturn reads what to return. Every word that Flextype does not know
// returns all; those that it knows and we do not are an error, because their
// answers have another shape.
func (q *Query) readReturn(v Value) error {
	word, ok := v.Text()
	if !ok {
		return wrong("[return]", "must be all, first or last")
	}
	switch word {
	case "first":
		q.choice = first
	case "last":
		q.choice = last
	case "next", "random", "shuffle":
		return wrong("[return]", "is not served: all, first and last are")
	}
	return nil
}
