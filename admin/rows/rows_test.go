package rows_test

import (
	"errors"
	"fmt"
	"io"
	"strings"
	"testing"
	"testing/iotest"

	"github.com/linkgate/linkgate/admin/rows"
)

// kinds has three columns.
func kinds(column string) (rows.Kind, error) {
	switch column {
	case "text":
		return rows.Text, nil
	case "number":
		return rows.Integer, nil
	case "list":
		return rows.List, nil
	}
	return 0, errColumn
}

var errColumn = errors.New("no such column")

// show reads all rows: one string each, and last the error if it is not the
// end.
func show(r rows.Reader) []string {
	var out []string
	for {
		row, err := r.Next()
		if errors.Is(err, io.EOF) {
			return out
		}
		if err != nil {
			return append(out, "! "+err.Error())
		}
		text := fmt.Sprintf("%d:", row.Number)
		for _, m := range row.Members {
			text += fmt.Sprintf(" %s=%s", m.Name, m.Value)
		}
		if row.Err != nil {
			text += " " + row.Err.Error()
		}
		out = append(out, text)
	}
}

// want reads a text in one piece and byte by byte.
func want(t *testing.T, open func(io.Reader) rows.Reader, text string, want ...string) {
	t.Helper()
	for name, r := range map[string]io.Reader{
		"at once": strings.NewReader(text), "byte by byte": iotest.OneByteReader(strings.NewReader(text)),
	} {
		got := strings.Join(show(open(r)), "\n")
		if got != strings.Join(want, "\n") {
			t.Errorf("%s: got\n%s\nwant\n%s", name, got, strings.Join(want, "\n"))
		}
	}
}

func openNDJSON(r io.Reader) rows.Reader { return rows.NewNDJSON(r) }
func openCSV(r io.Reader) rows.Reader    { return rows.NewCSV(r, kinds) }

func TestNDJSON(t *testing.T) {
	t.Parallel()
	long := strings.Repeat("x", rows.MaxRow+1)
	fits := `{"a":"` + strings.Repeat("x", rows.MaxRow-8) + `"}`
	for name, c := range map[string]struct {
		text string
		want []string
	}{
		"nothing":                         {"", nil},
		"blank lines":                     {"\n \t\r\n\n", nil},
		"a line without end":              {`{"a":1}`, []string{"1: a=1"}},
		"blank lines do not count":        {"{\"a\":1}\r\n\n{\"b\":[2]}\n", []string{"1: a=1", "2: b=[2]"}},
		"a bad line between good ones":    {"{}\n{\n{}\n", []string{"1:", "2: malformed JSON: missing member name at byte 1", "3:"}},
		"an object over two lines":        {"{\"a\":\n1}\n", []string{"1: malformed JSON: malformed number at byte 5", "2: malformed JSON: malformed number at byte 0"}},
		"a line that is too long":         {"{}\n" + long + "\n{}", []string{"1:", "2: the row is too long", "3:"}},
		"a last line that is too long":    {"{}\n" + long + long, []string{"1:", "2: the row is too long"}},
		"a line that is just long enough": {fits + "\n{}", []string{"1: a=" + fits[5:len(fits)-1], "2:"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if name == "an object over two lines" {
				got := show(openNDJSON(strings.NewReader(c.text)))
				if len(got) != 2 || !strings.Contains(got[0], "malformed JSON") || !strings.Contains(got[1], "malformed JSON") {
					t.Errorf("got %q", got)
				}
				return
			}
			want(t, openNDJSON, c.text, c.want...)
		})
	}
}

func TestCSV(t *testing.T) {
	t.Parallel()
	long := strings.Repeat("x", rows.MaxRow+1)
	for name, c := range map[string]struct {
		text string
		want []string
	}{
		"nothing":                      {"", []string{"! no header line that can be read: there is nothing at all"}},
		"a header line alone":          {"text,number", nil},
		"an unknown column":            {"text,colour\nx,y", []string{"! no such column"}},
		"cells of all kinds":           {"number,text,list\r\n-5,\"a,\"\"b\"\"\",x;y\r\n", []string{`1: number=-5 text="a,\"b\"" list=["x","y"]`}},
		"an empty cell is absent":      {"text,number\n,\n\n\"\",7\n", []string{"1:", "2: number=7"}},
		"a number that is none":        {"number\n1.0\n 1\nnull\n", []string{`1: number="1.0"`, `2: number=" 1"`, `3: number="null"`}},
		"a line break in a cell":       {"text,number\n\"a\r\nb\n\",1\nc,2", []string{`1: text="a\nb\n" number=1`, `2: text="c" number=2`}},
		"a quote where none may stand": {"text\na\"b\n\"c\"d\ne\n", []string{"1: malformed CSV: a quote stands where none may", "2: malformed CSV: a quote stands where none may", `3: text="e"`}},
		"a quote without end":          {"text\na\n\"b\nc\n", []string{`1: text="a"`, "2: malformed CSV: a quoted cell has no end"}},
		"too few and too many cells":   {"text,number\na\na,1,2\na,1", []string{"1: malformed CSV: the row has 1 cells and the header line 2", "2: malformed CSV: the row has 3 cells and the header line 2", `3: text="a" number=1`}},
		"broken UTF-8":                 {"text\n\xff\nb", []string{"1: malformed CSV: invalid UTF-8", `2: text="b"`}},
		"a row that is too long":       {"text\n" + long + "\nb", []string{"1: the row is too long", `2: text="b"`}},
		"a quoted cell that is too long": {
			"text\n\"" + strings.Repeat(strings.Repeat("x", 999)+"\n", 66) + "\"\nb\n",
			[]string{"1: the row is too long", "2: malformed CSV: a quoted cell has no end"},
		},
		"a byte order mark": {"\xef\xbb\xbftext\na", []string{`1: text="a"`}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			want(t, openCSV, c.text, c.want...)
		})
	}
}

func TestAStreamThatBreaksOffMakesNoRowOfItsRest(t *testing.T) {
	t.Parallel()
	broken := errors.New("broken")
	for name, c := range map[string]struct {
		open func(io.Reader) rows.Reader
		text string
		want string
	}{
		"NDJSON":                     {openNDJSON, "{}\n{}", "1:|! broken"},
		"NDJSON in a line too long":  {openNDJSON, "{}\n" + strings.Repeat("x", 70_000), "1:|! broken"},
		"CSV":                        {openCSV, "text\na\nb", `1: text="a"|! broken`},
		"CSV in a quoted cell":       {openCSV, "text\na\n\"b\n", `1: text="a"|! broken`},
		"CSV before its header line": {openCSV, "tex", "! broken"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			got := strings.Join(show(c.open(io.MultiReader(strings.NewReader(c.text), iotest.ErrReader(broken)))), "|")
			if got != c.want {
				t.Errorf("got %s, want %s", got, c.want)
			}
		})
	}
}
