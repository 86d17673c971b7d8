package rows_test

import (
	"encoding/csv"
	"strings"
	"testing"
	"testing/iotest"

	"github.com/linkgate/linkgate/admin/rows"
	"github.com/linkgate/linkgate/store/strictjson"
)

// FuzzRows looks for a text that breaks the readers, that they read otherwise
// when it comes in small pieces, or of which they make something that is no
// JSON.
func FuzzRows(f *testing.F) {
	for _, seed := range []string{
		"text,number,list\na,1,x;y\n", "text\n\"a\nb\"\n\"\"\"\"\n", "text\na\"b\n\"", "text\r\n\r\na\r\n", "{\"a\":1}\n{\n\n[]", "text\n\"a\"b\"\nc", "\xef\xbb\xbftext\n\xff",
		"text\n\",\"\n,\n", "number\n-0\n1e9",
	} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		for _, open := range []func(string) (rows.Reader, rows.Reader){
			func(s string) (rows.Reader, rows.Reader) {
				return openNDJSON(strings.NewReader(s)), openNDJSON(iotest.OneByteReader(strings.NewReader(s)))
			},
			func(s string) (rows.Reader, rows.Reader) {
				return openCSV(strings.NewReader(s)), openCSV(iotest.OneByteReader(strings.NewReader(s)))
			},
		} {
			a, b := open(text)
			if got, again := strings.Join(show(a), "\n"), strings.Join(show(b), "\n"); got != again {
				t.Fatalf("%q is read as\n%s\nand as\n%s", text, got, again)
			}
		}
		r := openCSV(strings.NewReader(text))
		for n := int64(1); ; n++ {
			row, err := r.Next()
			if err != nil {
				break
			}
			if row.Number != n {
				t.Fatalf("%q: row %d is number %d", text, n, row.Number)
			}
			for _, m := range row.Members {
				if err := strictjson.Valid(m.Value); err != nil {
					t.Fatalf("%q: cell %q: %v", text, m.Value, err)
				}
			}
		}
		compare(t, text)
	})
}

// compare holds our rows against those of encoding/csv over the whole text,
// where that finds nothing wrong.
func compare(t *testing.T, text string) {
	t.Helper()
	all, err := csv.NewReader(strings.NewReader("text\n" + text)).ReadAll()
	if err != nil || len(text) > rows.MaxRow {
		return
	}
	r := openCSV(strings.NewReader("text\n" + text))
	for n := 1; ; n++ {
		row, err := r.Next()
		if err != nil {
			if n != len(all) {
				t.Fatalf("%q: %d rows, want %d", text, n-1, len(all)-1)
			}
			return
		}
		if row.Err != nil {
			continue // broken UTF-8 is nothing wrong to encoding/csv
		}
		got := ""
		if len(row.Members) > 0 {
			got, _ = strictjson.String(row.Members[0].Value)
		}
		if n >= len(all) || got != all[n][0] {
			t.Fatalf("%q: row %d is %q", text, n, got)
		}
	}
}
