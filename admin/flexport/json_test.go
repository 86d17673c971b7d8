package flexport_test

import (
	"fmt"
	"path/filepath"
	"strings"
	"testing"

	"github.com/linkgate/linkgate/admin/flexport"
)

// list reads a JSON export.
func list(t *testing.T, text string) ([]flexport.Entry, error) {
	t.Helper()
	return entries(filepath.Join(tree(t, map[string]string{"list.json": text}), "list.json"))
}

func TestAListOfRecordsBecomesRows(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		text string
		rows []string
	}{
		"a list":                      {`[{"id":"a","calls":1}, {"id":"b"}]`, []string{`{"id":"a","calls":1}`, `{"id":"b"}`}},
		"an object by the ids":        {`{"tokens/` + one + `":{"calls":1},"tokens/` + two + `":{"id":"` + two + `"}}`, []string{`{"id":"` + one + `","calls":1}`, `{"id":"` + two + `"}`}},
		"one record":                  {` {"id":"a","n":1} `, []string{`{"id":"a","n":1}`}},
		"written over several lines":  {"[\n {\n \"id\": \"a\",\n \"x\": [1,\n 2]\n }\n]\n", []string{`{"id":"a","x":[1,2]}`}},
		"numbers keep all digits":     {`[{"id":"a","n":9007199254740993,"f":1.10}]`, []string{`{"id":"a","n":9007199254740993,"f":1.10}`}},
		"names and texts as they are": {`[{"id":"a","<ü>":"\u00e9 & é"}]`, []string{`{"id":"a","<ü>":"\u00e9 & é"}`}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			all, err := list(t, c.text)
			if err != nil || len(all) != len(c.rows) {
				t.Fatalf("%d entries, error %v; want %d", len(all), err, len(c.rows))
			}
			for i, e := range all {
				wantRow(t, e, c.rows[i])
			}
		})
	}
}

func TestARecordThatIsNoneDoesNotKeepTheNextFromBeingRead(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct{ text, want string }{
		"a number":                       {`[5,{"id":"a"}]`, "not a JSON object"},
		"a name that is there twice":     {`[{"x":1,"x":2},{"id":"a"}]`, "repeated member"},
		"half a surrogate":               {`[{"x":"\ud800"},{"id":"a"}]`, "malformed JSON"},
		"more than fits into a row":      {`[{"x":"` + strings.Repeat("x", flexport.MaxEntry) + `"},{"id":"a"}]`, "is over 65536 bytes"},
		"an id other than its name's":    {`{"tokens/x":{"id":"y"},"tokens/a":{}}`, "id: is not the one"},
		"a name of something else":       {`{"tokens/":{"id":"y"},"tokens/a":{}}`, "does not begin with tokens/"},
		"a name of something else later": {`{"tokens/a":{},"blog/a":{"id":"a"}}`, "does not begin with tokens/"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			all, err := list(t, c.text)
			if err != nil || len(all) != 2 {
				t.Fatalf("%d entries, error %v; want two", len(all), err)
			}
			bad, good := all[0], all[1]
			if strings.HasSuffix(name, "later") {
				bad, good = good, bad
			}
			wantErr(t, bad.Err, c.want)
			wantRow(t, good, `{"id":"a"}`)
			if !strings.HasSuffix(all[1].Name, "list.json, record 2") {
				t.Errorf("the name is %s", all[1].Name)
			}
		})
	}
}

func TestAFileThatBreaksOffGivesWhatWasWhole(t *testing.T) {
	t.Parallel()
	const good = `{"id":"a"}`
	for name, c := range map[string]struct {
		text, want string
		whole      int
	}{
		"nothing":                      {"", "no JSON", 0},
		"no JSON":                      {"secret", "no JSON", 0},
		"a text":                       {`"secret"`, "neither a list of records nor an object", 0},
		"an empty list":                {"[]", "has no records", 0},
		"an empty object":              {"{}", "has no records", 0},
		"the end of the list is away":  {"[" + good, "no JSON that can be read: behind record 1", 1},
		"a record breaks off":          {"[" + good + `,{"secret":`, "no JSON that can be read: behind record 1", 1},
		"something behind the list":    {"[" + good + "] {}", "something stands behind", 1},
		"one record without its end":   {`{"id":"secret"`, "", 0},
		"a record that does not end":   {"[" + good + `,{"x":"` + strings.Repeat("secret", 1<<20), "a record is over 1048576 bytes", 1},
		"an object of records, broken": {`{"tokens/a":{},"tokens/`, "no JSON that can be read: behind record 1", 1},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			all, err := list(t, c.text)
			if name == "one record without its end" {
				wantErr(t, all[0].Err, "malformed JSON")
				return
			}
			wantErr(t, err, c.want)
			if len(all) != c.whole || strings.Contains(err.Error(), "secret") {
				t.Errorf("%d entries, error %v", len(all), err)
			}
		})
	}
}

// One entry at a time is in memory, so a file may be of any size.
func TestAFileOfManyRecordsIsReadToItsEnd(t *testing.T) {
	t.Parallel()
	var text strings.Builder
	const n = 3000
	for i := range n {
		fmt.Fprintf(&text, `%c{"id":"%032x","x":"%s"}`, "[,"[min(i, 1)], i, strings.Repeat("x", 1000))
	}
	all, err := list(t, text.String()+"]")
	if err != nil || len(all) != n || all[n-1].Err != nil {
		t.Errorf("%d entries, error %v", len(all), err)
	}
}
