package strictjson_test

import (
	"encoding/hex"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/linkgate/linkgate/store/storetest/corpora"
	"github.com/linkgate/linkgate/store/strictjson"
)

// acceptedByRule names the files that parsers may accept or refuse and that we
// accept: numbers of any size, because we keep their text. Everything else of
// that kind is no Unicode, or too deep.
func acceptedByRule(name string) bool { return strings.HasPrefix(name, "i_number_") }

func TestJSONTestSuite(t *testing.T) {
	t.Parallel()
	paths, err := filepath.Glob(corpora.Path(t, "corpora", "jsontestsuite", "test_parsing", "*.json"))
	if err != nil || len(paths) < 300 {
		t.Fatalf("%d files, %v", len(paths), err)
	}
	for _, path := range paths {
		t.Run(filepath.Base(path), func(t *testing.T) {
			t.Parallel()
			text, err := os.ReadFile(path)
			if err != nil {
				t.Fatal(err)
			}
			name, err := filepath.Base(path), strictjson.Valid(text)
			switch {
			case strings.HasPrefix(name, "y_object_duplicated_key"):
				if _, ok := errors.AsType[*strictjson.DuplicateError](err); !ok {
					t.Errorf("got %v, want a repeated member", err)
				}
			case strings.HasPrefix(name, "y_"), acceptedByRule(name):
				if err != nil {
					t.Errorf("refused: %v", err)
				}
			default:
				if !errors.Is(err, strictjson.ErrSyntax) {
					t.Errorf("got %v, want malformed", err)
				}
			}
		})
	}
}

func TestJSONTestSuiteTransformations(t *testing.T) {
	t.Parallel()
	paths, err := filepath.Glob(corpora.Path(t, "corpora", "jsontestsuite", "test_transform", "*.json"))
	if err != nil || len(paths) < 20 {
		t.Fatalf("%d files, %v", len(paths), err)
	}
	for _, path := range paths {
		text, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		name, err := filepath.Base(path), strictjson.Valid(text)
		switch {
		case strings.HasPrefix(name, "object_same_key"):
			if _, ok := errors.AsType[*strictjson.DuplicateError](err); !ok {
				t.Errorf("%s: got %v, want a repeated member", name, err)
			}
		case strings.Contains(name, "invalid_codepoint"):
			if !errors.Is(err, strictjson.ErrSyntax) {
				t.Errorf("%s: got %v, want malformed", name, err)
			}
		case err != nil:
			t.Errorf("%s: refused: %v", name, err)
		}
	}
}

func TestUTF8Sequences(t *testing.T) {
	t.Parallel()
	text := corpora.Read(t, "corpora", "utf8tests", "utf8tests.txt")
	valid, invalid := 0, 0
	for line := range strings.Lines(string(text)) {
		field := strings.Split(strings.TrimSpace(line), ":")
		if strings.HasPrefix(line, "#") || len(field) < 3 || !strings.HasSuffix(field[1], " hex") {
			continue
		}
		kind := strings.TrimSpace(field[1])
		sequence, err := hex.DecodeString(strings.ReplaceAll(field[2], " ", ""))
		if err != nil {
			t.Fatalf("%s: %v", field[0], err)
		}
		_, err = strictjson.Object([]byte(`{"a":"x` + string(sequence) + `y"}`))
		_, nameErr := strictjson.Object([]byte(`{"` + string(sequence) + `":1}`))
		switch {
		case kind == "invalid hex":
			invalid++
			if !errors.Is(err, strictjson.ErrSyntax) || !errors.Is(nameErr, strictjson.ErrSyntax) {
				t.Errorf("%s: % x: %v, %v, want malformed", field[0], sequence, err, nameErr)
			}
		case isControl(sequence):
			// JSON wants these escaped, however valid they are.
		default:
			valid++
			if err != nil || nameErr != nil {
				t.Errorf("%s: % x: %v, %v", field[0], sequence, err, nameErr)
			}
		}
	}
	if valid < 50 || invalid < 100 {
		t.Errorf("only %d valid and %d invalid sequences were tried", valid, invalid)
	}
}

func isControl(b []byte) bool {
	return strings.ContainsFunc(string(b), func(r rune) bool { return r < ' ' || r == '"' || r == '\\' })
}
