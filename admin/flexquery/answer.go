package flexquery

import (
	"bufio"
	"fmt"
)

// heldBack is how much of an answer is held back before any is sent, so that
// an error until then can be said with a status of its own.
const heldBack = 32 << 10

// An answer writes JSON.
type answer struct {
	w       *bufio.Writer
	scratch []byte

	// behind reports whether an element came before in the list or object
	// that is being written.
	behind bool
}

func newAnswer(m *meter) *answer { return &answer{w: bufio.NewWriterSize(m, heldBack)} }

// open begins a list or an object.
func (a *answer) open(bracket byte) {
	a.scratch = append(a.scratch, bracket)
	a.behind = false
}

// element begins an element.
func (a *answer) element() {
	if a.behind {
		a.scratch = append(a.scratch, ',')
	}
	a.behind = true
}

// name begins a member of an object.
func (a *answer) name(name string) {
	a.element()
	a.scratch = append(appendText(a.scratch, name), ':')
}

// record writes one record.
func (a *answer) record(r Record) error {
	a.scratch = r.AppendJSON(a.scratch)
	return a.flush()
}

// shown writes one element that is JSON already, or nothing.
func (a *answer) shown(text []byte) error {
	if text == nil {
		return nil
	}
	a.element()
	a.scratch = append(a.scratch, text...)
	return a.flush()
}

// close ends a list or an object.
func (a *answer) close(bracket byte) error {
	a.scratch = append(a.scratch, bracket)
	a.behind = true
	return a.flush()
}

// flush hands on what was written.
func (a *answer) flush() error {
	_, err := a.w.Write(a.scratch)
	a.scratch = a.scratch[:0]
	if err != nil {
		return fmt.Errorf("writing the answer: %w", err)
	}
	return nil
}

// end sends what was held back.
func (a *answer) end() error {
	if err := a.w.Flush(); err != nil {
		return fmt.Errorf("writing the answer: %w", err)
	}
	return nil
}
