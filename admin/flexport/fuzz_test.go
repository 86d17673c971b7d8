package flexport_test

import (
	"bytes"
	"os"
	"path/filepath"
	"testing"

	"github.com/linkgate/linkgate/admin/flexport"
	"github.com/linkgate/linkgate/store/strictjson"
)

// Whatever is in a file: a row is one JSON object on one line that is not too
// long, and where there is none it is said why.
func FuzzEntries(f *testing.F) {
	for _, text := range []string{
		"calls: 3\nstate: enabled\n", "a: &x [1]\nb: *x\n", "? {a: 1}\n: 2\n", "a: !!float 0x1\n", "a: 2022-05-16\n",
		"a: 1_000\nb: 0o17\nc: 017\nd: 1e400\n", "---\n...\n", "a: \"\\ud800\"\n", "%YAML 1.1\n---\na: y\n", "a: .nan\n", "\xfe\xff",
		`[{"id":"a"}]`, `{"tokens/a":{"id":"a","x":[1.10]}}`, `{"id":"a"}`, `[{"a":1},`, `[[]]`, `{"tokens/a":{},"b":1}`,
	} {
		f.Add([]byte(text), true)
		f.Add([]byte(text), false)
	}
	dir := f.TempDir()
	if err := os.Mkdir(filepath.Join(dir, one), 0o700); err != nil {
		f.Fatal(err)
	}
	f.Fuzz(func(t *testing.T, text []byte, yaml bool) {
		path := filepath.Join(dir, one, "token.json")
		if yaml {
			path = filepath.Join(dir, one, "token.yaml")
		}
		if err := os.WriteFile(path, text, 0o600); err != nil {
			t.Fatal(err)
		}
		for e, err := range flexport.Entries(path) {
			if err != nil {
				return
			}
			if (e.Row == nil) == (e.Err == nil) {
				t.Fatalf("the row is %s, the error %v", e.Row, e.Err)
			}
			if e.Err != nil {
				continue
			}
			if _, err := strictjson.Object(e.Row); err != nil || bytes.ContainsAny(e.Row, "\r\n") || len(e.Row) > flexport.MaxEntry {
				t.Fatalf("a row that cannot be sent, %v: %s", err, e.Row)
			}
		}
	})
}
