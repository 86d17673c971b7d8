package jwt_test

import (
	"encoding/hex"
	"encoding/json"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/linkgate/linkgate/store"
	"github.com/linkgate/linkgate/store/jwt"
	"github.com/linkgate/linkgate/store/storetest/corpora"
	"github.com/linkgate/linkgate/store/strictjson"
)

// In place of a header or payload no file of the suite makes a token. As the
// value of a claim that says nothing to us, the valid ones do.
func TestJSONTestSuiteAsParts(t *testing.T) {
	t.Parallel()
	paths, err := filepath.Glob(corpora.Path(t, "corpora", "jsontestsuite", "test_*", "*.json"))
	if err != nil || len(paths) < 300 {
		t.Fatalf("%d files, %v", len(paths), err)
	}
	ring, accepted := mustRing(t, testKey), 0
	for _, path := range paths {
		text, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		name := filepath.Base(path)
		for part, raw := range map[string]string{
			"header": sealed(string(text), goodPayload), "payload": sealed(goodHeader, string(text)), "both": sealed(string(text), string(text)),
		} {
			if _, err := ring.Verify(raw); !errors.Is(err, jwt.ErrInvalid) {
				t.Errorf("%s as %s: %v", name, part, err)
			}
			_ = jwt.Candidate(raw)
		}
		claim := sealed(goodHeader, strings.TrimSuffix(goodPayload, "}")+`,"x":`+string(text)+`}`)
		_, err = ring.Verify(claim)
		switch {
		case len(claim) > 4096 || strings.HasPrefix(name, "i_structure_500"):
		case strictjson.Valid(text) == nil:
			accepted++
			if err != nil {
				t.Errorf("%s as a claim: %v", name, err)
			}
		case !errors.Is(err, jwt.ErrInvalid):
			t.Errorf("%s as a claim is accepted", name)
		}
	}
	if accepted < 90 {
		t.Errorf("only %d files were accepted as a claim", accepted)
	}
}

// A rid of any sort comes back as it was, or is refused when it is signed.
func TestNaughtyStringsAsRequester(t *testing.T) {
	t.Parallel()
	text := corpora.Read(t, "corpora", "blns", "blns.json")
	var strs []string
	if err := json.Unmarshal(text, &strs); err != nil || len(strs) < 500 {
		t.Fatalf("%d strings, %v", len(strs), err)
	}
	ring := mustRing(t, testKey)
	for _, s := range strs {
		c := testClaims
		c.RID = s
		raw, err := ring.Sign(c)
		control := strings.ContainsFunc(s, func(r rune) bool { return r < ' ' || r == 0x7f })
		if refused := s == "" || len(s) > 256 || control; refused != (err != nil) {
			t.Errorf("%q: %v", s, err)
		}
		if err == nil {
			if got, err := ring.Verify(raw); err != nil || got != c {
				t.Errorf("%q comes back as %q, %v", s, got.RID, err)
			}
		}
		for _, odd := range []string{s, s + "." + s + "." + s, sealed(s, s), sealed(goodHeader, s), sealed(s, goodPayload), encoded(goodHeader) + "." + s + "."} {
			if claims, err := ring.Verify(odd); !errors.Is(err, jwt.ErrInvalid) || claims != (store.Claims{}) {
				t.Errorf("%q is accepted", odd)
			}
			_ = jwt.Candidate(odd)
		}
		quoted := sealed(`{"alg":"HS256","kid":`+quoteJSON(t, s)+`}`, goodPayload)
		if _, err := ring.Verify(quoted); !errors.Is(err, jwt.ErrInvalid) {
			t.Errorf("the key id %q is accepted", s)
		}
	}
}

func TestUTF8SequencesAsRequester(t *testing.T) {
	t.Parallel()
	text := corpora.Read(t, "corpora", "utf8tests", "utf8tests.txt")
	ring, valid, invalid := mustRing(t, testKey), 0, 0
	for line := range strings.Lines(string(text)) {
		field := strings.Split(strings.TrimSpace(line), ":")
		if strings.HasPrefix(line, "#") || len(field) < 3 || !strings.HasSuffix(field[1], " hex") {
			continue
		}
		sequence, err := hex.DecodeString(strings.ReplaceAll(field[2], " ", ""))
		if err != nil {
			t.Fatal(err)
		}
		s := "x" + string(sequence)
		raw := sealed(goodHeader, strings.Replace(goodPayload, "cust1234", s, 1))
		got, err := ring.Verify(raw)
		switch {
		case strings.Contains(field[1], "invalid"):
			invalid++
			if !errors.Is(err, jwt.ErrInvalid) {
				t.Errorf("%s: % x is accepted", field[0], sequence)
			}
			// With a raw control byte it is no JSON to anybody.
			if jwt.Candidate(raw) == strings.ContainsFunc(s, isC0) {
				t.Errorf("%s: % x: candidate: %v", field[0], sequence, jwt.Candidate(raw))
			}
		case strings.ContainsFunc(s, func(r rune) bool { return r < ' ' || r == '"' || r == '\\' || r == 0x7f }):
		default:
			valid++
			if err != nil || got.RID != s {
				t.Errorf("%s: % x comes back as % x, %v", field[0], s, got.RID, err)
			}
		}
	}
	if valid < 50 || invalid < 100 {
		t.Errorf("only %d valid and %d invalid sequences were tried", valid, invalid)
	}
}

func isC0(r rune) bool { return r < ' ' }

func quoteJSON(t *testing.T, s string) string {
	t.Helper()
	b, err := json.Marshal(s)
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}
