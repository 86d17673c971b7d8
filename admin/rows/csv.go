package rows

import (
	"bytes"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"unicode/utf8"

	"github.com/linkgate/linkgate/store/strictjson"
)

// CSV reads one object from each record of RFC 4180: the header line names the
// members, and an empty cell is a member that is not there.
type CSV struct {
	lines   lines
	kind    func(column string) (Kind, error)
	columns []column
	head    string
	number  int64

	record []byte // the one that is being read
	feed   feed
	parser *csv.Reader
}

// A column is a name of the header line and what its cells hold.
type column struct {
	name string
	kind Kind
}

// NewCSV returns a reader of r. It asks kind, for each name of the header line
// in turn, what the cells below hold; an error of kind ends the stream before
// its first row and is returned as it is.
func NewCSV(r io.Reader, kind func(column string) (Kind, error)) *CSV {
	c := &CSV{lines: newLines(r), kind: kind}
	c.parser = csv.NewReader(&c.feed)
	c.parser.FieldsPerRecord = -1
	return c
}

// Next implements [Reader].
func (c *CSV) Next() (Row, error) {
	if c.columns == nil {
		if err := c.header(); err != nil {
			return Row{}, err
		}
	}
	text, bad, err := c.read()
	if err != nil {
		return Row{}, err
	}
	c.number++
	row := Row{Number: c.number, Text: text, Err: bad}
	if bad == nil {
		row.Members, row.Err = c.members(text)
	}
	return row, nil
}

// Head implements [Reader].
func (c *CSV) Head() string { return "csv\n" + c.head }

// header reads the header line. Spreadsheets put a byte order mark before it.
func (c *CSV) header() error {
	text, bad, err := c.read()
	if errors.Is(err, io.EOF) {
		return fmt.Errorf("%w: there is nothing at all", ErrHeader)
	}
	if err != nil {
		return err
	}
	text = bytes.TrimPrefix(text, []byte("\xef\xbb\xbf"))
	var names []string
	if bad == nil {
		names, bad = c.cells(text)
	}
	if bad != nil {
		return fmt.Errorf("%w: %w", ErrHeader, bad)
	}
	for _, name := range names {
		kind, err := c.kind(name)
		if err != nil {
			return err
		}
		c.columns = append(c.columns, column{name, kind})
	}
	c.head = string(text)
	return nil
}

// read returns the text of the next record, and what is wrong with it as such.
// It ends with the first line that ends outside of quotes.
func (c *CSV) read() (text []byte, bad, err error) {
	c.record = c.record[:0]
	for inside := false; ; {
		line, err := c.lines.next()
		switch {
		case errors.Is(err, ErrTooLong):
			return nil, ErrTooLong, nil
		case errors.Is(err, io.EOF) && inside:
			return c.record, fmt.Errorf("%w: a quoted cell has no end", ErrCSV), nil
		case err != nil:
			return nil, nil, err
		}
		if !inside && len(bytes.TrimSuffix(line, []byte("\r"))) == 0 {
			continue
		}
		c.record = append(c.record, line...)
		if len(c.record) > MaxRow {
			return nil, ErrTooLong, nil
		}
		if inside = endsInside(line, inside); !inside {
			return c.record, nil, nil
		}
		c.record = append(c.record, '\n')
	}
}

// endsInside reports whether a quoted cell goes on behind the end of a line.
func endsInside(line []byte, inside bool) bool {
	start := !inside // of a cell
	for i := 0; i < len(line); i++ {
		quote := line[i] == '"'
		switch {
		case inside && quote && i+1 < len(line) && line[i+1] == '"':
			i++
		case quote && (inside || start):
			inside = !inside
		}
		start = !inside && line[i] == ','
	}
	return inside
}

// members makes an object of a record.
func (c *CSV) members(text []byte) ([]strictjson.Member, error) {
	cells, err := c.cells(text)
	if err != nil {
		return nil, err
	}
	if len(cells) != len(c.columns) {
		return nil, fmt.Errorf("%w: the row has %d cells and the header line %d", ErrCSV, len(cells), len(c.columns))
	}
	members := make([]strictjson.Member, 0, len(cells))
	for i, cell := range cells {
		if cell != "" {
			members = append(members, strictjson.Member{Name: c.columns[i].name, Value: c.columns[i].kind.json(cell)})
		}
	}
	return members, nil
}

// cells takes a record apart.
func (c *CSV) cells(text []byte) ([]string, error) {
	if !utf8.Valid(text) {
		return nil, fmt.Errorf("%w: invalid UTF-8", ErrCSV)
	}
	c.feed.text = append(text, '\n')
	cells, err := c.parser.Read()
	// The parser has to find one record where we did; what it would take for
	// a second one must not become the next row.
	_, more := c.parser.Read()
	for rest := more; !errors.Is(rest, io.EOF); {
		_, rest = c.parser.Read()
	}
	if err != nil || !errors.Is(more, io.EOF) {
		return nil, fmt.Errorf("%w: a quote stands where none may", ErrCSV)
	}
	return cells, nil
}

// A feed is a stream that ends behind each text that is put into it.
type feed struct{ text []byte }

// Read implements [io.Reader].
func (f *feed) Read(p []byte) (int, error) {
	if len(f.text) == 0 {
		return 0, io.EOF
	}
	n := copy(p, f.text)
	f.text = f.text[n:]
	return n, nil
}

var _ Reader = (*CSV)(nil)
