package flexport_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/linkgate/linkgate/admin/flexport"
)

const (
	one = "0123456789abcdef0123456789abcdef"
	two = "fedcba9876543210fedcba9876543210"
)

// touched is when the files of these tests were last written.
var touched = time.Unix(1652702640, 0)

// tree writes files below a new directory and returns it.
func tree(t *testing.T, files map[string]string) string {
	t.Helper()
	dir := t.TempDir()
	for name, text := range files {
		path := filepath.Join(dir, name)
		if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		if err := os.Chtimes(path, touched, touched); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

// entries reads an export to its end.
func entries(path string) (all []flexport.Entry, err error) {
	for e, err := range flexport.Entries(path) {
		if err != nil {
			return all, err
		}
		all = append(all, e)
	}
	return all, nil
}

// only reads an export of one entry.
func only(t *testing.T, path string) flexport.Entry {
	t.Helper()
	all, err := entries(path)
	if err != nil || len(all) != 1 {
		t.Fatalf("%d entries, error %v; want one", len(all), err)
	}
	return all[0]
}

func wantRow(t *testing.T, e flexport.Entry, want string) {
	t.Helper()
	if e.Err != nil || string(e.Row) != want {
		t.Errorf("the row is %s, error %v; want %s", e.Row, e.Err, want)
	}
}

func wantErr(t *testing.T, err error, part string) {
	t.Helper()
	if err == nil || !strings.Contains(err.Error(), part) {
		t.Errorf("the error is %v, want one with %q", err, part)
	}
}

func TestAFileBecomesARowWithItsIDAndItsTime(t *testing.T) {
	t.Parallel()
	const seen = `,"modified_at":1652702640}`
	for name, c := range map[string]struct{ yaml, want string }{
		"what Flextype writes": {
			"hashed_access_token: $2y$10$abc\ncreated_by: ''\ncalls: 3\nlimit_calls: 5\nstate: enabled\n",
			`,"hashed_access_token":"$2y$10$abc","created_by":"","calls":3,"limit_calls":5,"state":"enabled"` + seen,
		},
		"lists and objects in each other": {
			"tags: [a, 'b']\nmeta:\n  list:\n    - { k: 1 }\n    - ~\n",
			`,"tags":["a","b"],"meta":{"list":[{"k":1},null]}` + seen,
		},
		"a text that looks like a number is a text where it is quoted": {"calls: '3'\nok: \"true\"\n", `,"calls":"3","ok":"true"` + seen},
		"truth values and nothing":                                     {"a: true\nb: false\nc: null\nd:\n", `,"a":true,"b":false,"c":null,"d":null` + seen},
		"a number keeps all its digits":                                {"n: 9007199254740993123\nf: 1.10\n", `,"n":9007199254740993123,"f":1.10` + seen},
		"a number in a form that JSON lacks":                           {"a: 0x10\nb: +5\nc: .5\n", `,"a":16,"b":5,"c":0.5` + seen},
		"a date is seconds, as it was to Flextype":                     {"at: 2022-05-16 11:10:00\n", `,"at":1652699400` + seen},
		"a date of Flextype's own form is a text":                      {"created_at: 16-05-2022 11:10\n", `,"created_at":"16-05-2022 11:10"` + seen},
		"a dotted name stays flat":                                     {"a.b: 1\n", `,"a.b":1` + seen},
		"names that are numbers":                                       {"m: {0: x, 1: y}\n", `,"m":{"0":"x","1":"y"}` + seen},
		"text of many lines, and beyond ASCII":                         {"t: |\n  Zoë <b>\n  日本\n", `,"t":"Zoë <b>\n日本\n"` + seen},
		"its own time of change stays":                                 {"modified_at: 7\n", `,"modified_at":7}`},
		"its own id, where it is the same":                             {"id: '" + one + "'\nx: 1\n", `,"x":1` + seen},
		"an id of null":                                                {"id: ~\nx: 1\n", `,"x":1` + seen},
		"expressions are text":                                         {"t: '[[ 1 + 1 ]] (raw)'\n", `,"t":"[[ 1 + 1 ]] (raw)"` + seen},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			dir := tree(t, map[string]string{one + "/token.yaml": c.yaml})
			wantRow(t, only(t, dir), `{"id":"`+one+`"`+c.want)
			wantRow(t, only(t, filepath.Join(dir, one, "token.yaml")), `{"id":"`+one+`"`+c.want)
		})
	}
}

func TestAFileThatIsNoEntryIsNamedAndNotQuoted(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct{ yaml, want string }{
		"nothing":                     {"", "is empty"},
		"broken YAML":                 {"a: 1\nb: [secret\n", "no YAML that can be read, see line"},
		"a list":                      {"- secret\n", "not a YAML mapping"},
		"a text":                      {"secret\n", "not a YAML mapping"},
		"a name that is there twice":  {"secret: 1\nstate: a\nsecret: 2\n", "repeated member"},
		"an alias":                    {"a: &x [secret]\nb: *x\n", "line 2 is an alias"},
		"a merge":                     {"a: &x {k: 1}\nb:\n  <<: *x\n", "has a name that is no text"},
		"a tag of PHP's":              {"a: !php/object 'secret'\n", "line 1 has a tag"},
		"binary data":                 {"a: !!binary c2VjcmV0\n", "line 1 has a tag"},
		"a name that is a list":       {"? [secret]\n: 1\n", "has a name that is no text"},
		"infinity":                    {"a: .inf\n", "line 1 is a number that JSON does not have"},
		"two documents":               {"a: 1\n---\nb: 2\n", "more than one YAML document"},
		"bytes that are no UTF-8":     {"a: secret\xff\n", "no YAML that can be read"},
		"values in each other, deep":  {"a: " + strings.Repeat("[", 200) + strings.Repeat("]", 200) + "\n", "lies too deep"},
		"another id than its place's": {"id: '" + two + "'\n", "id: is not the one"},
		"an id that is a number":      {"id: 5\n", "id: is not the one"},
		"more than fits into a row":   {"a: secret" + strings.Repeat("x", flexport.MaxEntry) + "\n", "is over 65536 bytes"},
		"more when written as JSON":   {"a: '" + strings.Repeat(`"`, flexport.MaxEntry-100) + "'\n", "is over 65536 bytes"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			e := only(t, tree(t, map[string]string{one + "/token.yaml": c.yaml}))
			wantErr(t, e.Err, c.want)
			if e.Row != nil || name != "a name that is there twice" && strings.Contains(e.Err.Error(), "secret") {
				t.Errorf("the row is %s, the error %v", e.Row, e.Err)
			}
			if !strings.HasSuffix(e.Name, filepath.Join(one, "token.yaml")) {
				t.Errorf("the name is %s", e.Name)
			}
		})
	}
}

func TestADirectoryIsReadWholeWhateverIsInIt(t *testing.T) {
	t.Parallel()
	dir := tree(t, map[string]string{
		one + "/token.yaml":            "x: 1\nmodified_at: 1\n",
		"broken/token.yaml":            "a: [\n",
		two + "/token.yaml":            "x: 2\nmodified_at: 1\n",
		"empty/other.yaml":             "x: 1\n",
		"a-file":                       "x: 1\n",
		"tokens.yaml":                  "title: the collection itself\n",
		".gitkeep":                     "",
		"directory/token.yaml/oh.yaml": "x: 1\n",
	})
	outside := tree(t, map[string]string{"token.yaml": "x: 1\n"})
	for link, target := range map[string]string{
		"linked-directory":       outside,
		"empty/../linked-inside": one,
		"linked-file/token.yaml": filepath.Join(outside, "token.yaml"),
	} {
		path := filepath.Join(dir, link)
		if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
			t.Fatal(err)
		}
		if err := os.Symlink(target, path); err != nil {
			t.Fatal(err)
		}
	}
	all, err := entries(dir)
	if err != nil {
		t.Fatal(err)
	}
	got := map[string]string{}
	for _, e := range all {
		name, err := filepath.Rel(dir, e.Name)
		if err != nil {
			t.Fatal(err)
		}
		got[name] = string(e.Row)
		if e.Err != nil {
			got[name] = e.Err.Error()
		}
	}
	want := map[string]string{
		one + "/token.yaml":      `{"id":"` + one + `","x":1,"modified_at":1}`,
		two + "/token.yaml":      `{"id":"` + two + `","x":2,"modified_at":1}`,
		"broken/token.yaml":      "is no YAML that can be read, see line 1",
		"empty/token.yaml":       "does not exist",
		"a-file":                 "is not the directory of an entry",
		"directory/token.yaml":   "is not a regular file",
		"linked-directory":       "is a symbolic link, which is not followed",
		"linked-inside":          "is a symbolic link, which is not followed",
		"linked-file/token.yaml": "is a symbolic link, which is not followed",
	}
	for name, text := range want {
		if got[name] != text {
			t.Errorf("%s gives %s, want %s", name, got[name], text)
		}
	}
	if len(all) != len(want) {
		t.Errorf("%d entries, want %d: %v", len(all), len(want), got)
	}
}

func TestMoreNamesThanAreReadAtOnceAreAllRead(t *testing.T) {
	t.Parallel()
	files := map[string]string{}
	for i := range 600 {
		files[filepath.Join("t"+strings.Repeat("x", i%7)+string(rune('a'+i%26))+strings.Repeat("0", i/26), "token.yaml")] = "x: 1\n"
	}
	all, err := entries(tree(t, files))
	if err != nil || len(all) != len(files) || len(files) < 500 {
		t.Errorf("%d entries of %d, error %v", len(all), len(files), err)
	}
}

func TestAnExportThatIsNoneIsAnError(t *testing.T) {
	t.Parallel()
	dir := tree(t, map[string]string{"notes.txt": "x", "empty/.gitkeep": ""})
	for name, c := range map[string]struct{ path, want string }{
		"a path that does not exist":  {"nowhere", "no such file"},
		"a directory without entries": {"empty", "has no entries"},
		"a file of another kind":      {"notes.txt", "ends neither in .yaml nor in .json"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			all, err := entries(filepath.Join(dir, c.path))
			wantErr(t, err, c.want)
			if len(all) != 0 {
				t.Errorf("there are entries: %v", all)
			}
		})
	}
}

func TestWhoeverStopsGetsNoMore(t *testing.T) {
	t.Parallel()
	dir := tree(t, map[string]string{one + "/token.yaml": "x: 1\n", two + "/token.yaml": "x: 1\n"})
	list := filepath.Join(tree(t, map[string]string{"list.json": `[{"id":"a"},{"id":"b"}]`}), "list.json")
	for _, path := range []string{dir, list} {
		n := 0
		for range flexport.Entries(path) {
			n++
			break
		}
		if n != 1 {
			t.Errorf("%d entries", n)
		}
	}
}
