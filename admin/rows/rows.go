// Package rows reads objects, one after the other, from a stream of NDJSON or
// CSV of any length. It holds one row at a time, and a row that cannot be read
// does not keep the next one from being read.
package rows

import (
	"errors"

	"github.com/linkgate/linkgate/store/strictjson"
)

// MaxRow is the most bytes of a row.
const MaxRow = 64 << 10

// What can be wrong with a row of either form, beside the errors of package
// strictjson.
var (
	// ErrTooLong: the row is over MaxRow bytes. What follows its line end, or
	// in CSV the end of the line in which it became too long, is the next row.
	ErrTooLong = errors.New("the row is too long")

	// ErrCSV is wrapped by the errors of a row, or a header line, of CSV.
	ErrCSV = errors.New("malformed CSV")

	// ErrHeader is wrapped by the error of [Reader.Next] where CSV has no
	// header line that can be read.
	ErrHeader = errors.New("no header line that can be read")
)

// A Row is one object, or why it is none.
type Row struct {
	// Number counts from 1. Blank lines, and the header line of CSV, do not
	// count.
	Number int64

	// Text is the row as it was sent, without its line end; nil where it is
	// too long. It is good until the next row is read.
	Text []byte

	// Members are those of the object, in their order. Their values are good
	// until the next row is read.
	Members []strictjson.Member

	// Err says why the row is no object.
	Err error
}

// A Reader reads rows.
type Reader interface {
	// Next returns the next row, or io.EOF behind the last one. Any other
	// error is one of the stream as a whole and ends it.
	Next() (Row, error)

	// Head is what has to be known beside the rows to understand them: equal
	// rows below another head mean something else. Good after the first call
	// of Next.
	Head() string
}
