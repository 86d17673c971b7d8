package caddymodule

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/linkgate/linkgate/admin"
)

// exported writes n records, each of some bytes, and what stands behind them.
func exported(t *testing.T, n, size int, behind string) string {
	t.Helper()
	var text strings.Builder
	for i := range n {
		fmt.Fprintf(&text, `%c{"id":"%032x","x":"%s"}`, "[,"[min(i, 1)], i, strings.Repeat("x", size))
	}
	path := filepath.Join(t.TempDir(), "list.json")
	if err := os.WriteFile(path, []byte(text.String()+behind), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

func TestAnImportGoesOutInPartsThatTheOtherSideTakes(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		n, size int
		behind  string
		fails   int // from this part on
		want    string
		err     string
	}{
		"many small ones":          {1000, 1, "]", 99, "taken 1000, already there 0, refused 0\n", ""},
		"a few large ones":         {60, 60_000, "]", 99, "taken 60, already there 0, refused 0\n", ""},
		"the other side goes away": {1000, 1, "]", 2, "taken 256, already there 0, refused 0\n", "can be made again"},
		"the file breaks off":      {130, 1, ",{", 99, "taken 130, already there 0, refused 0\n", "no JSON that can be read: behind record 130"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var out bytes.Buffer
			parts := 0
			i := &importer{out: &out, send: func(rows []byte) ([]admin.Imported, error) {
				n := bytes.Count(rows, []byte("\n"))
				if n == 0 || n > admin.MaxImportRows || len(rows) > admin.MaxImport {
					t.Errorf("a part of %d rows and %d bytes", n, len(rows))
				}
				if parts++; parts > c.fails {
					return nil, errors.New("gone")
				}
				results := make([]admin.Imported, n)
				for i := range results {
					results[i].Result = admin.ImportTaken
				}
				return results, nil
			}}
			err := i.run(exported(t, c.n, c.size, c.behind))
			if out.String() != c.want {
				t.Errorf("it says %s, want %s", &out, c.want)
			}
			if (err != nil) != (c.err != "") || err != nil && !strings.Contains(err.Error(), c.err) {
				t.Errorf("the error is %v, want one with %q", err, c.err)
			}
		})
	}
}

func TestAReportHidesIDsAndWhatATerminalWouldObey(t *testing.T) {
	t.Parallel()
	const id = "0123456789abcdef0123456789abcdef"
	for name, c := range map[string]struct {
		names bool
		want  string
	}{
		"usually":    {false, "refused tokens/link:3eb1bd43/token.yaml: ?[31m: bad\n"},
		"with names": {true, "refused tokens/" + id + "/token.yaml: ?[31m: bad\n"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var out bytes.Buffer
			i := &importer{out: &out, names: c.names}
			i.refuse("tokens/"+id+"/token.yaml", "\x1b[31m: bad")
			if out.String() != c.want || i.refused != 1 {
				t.Errorf("it says %q, want %q", &out, c.want)
			}
		})
	}
}
