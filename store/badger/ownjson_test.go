package badger

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/linkgate/linkgate/store"
)

// jsonOf is the JSON of a token as it is kept.
func jsonOf(t testing.TB, token *store.Token) string {
	t.Helper()
	text, err := json.Marshal(token)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

// credential is a token that has all that a plain one has not.
func credential() *store.Token {
	t := typicalToken()
	t.HashedAccessToken = "$2y$10$abcdefghijklmnopqrstuv"
	t.Scopes = []store.Scope{store.ScopeRead, store.ScopeWrite, "another"}
	t.Config = []string{"link", "minutes"}
	return t
}

func TestWhatWasWrittenIsReadWithoutEncodingJSON(t *testing.T) {
	t.Parallel()
	for name, token := range map[string]*store.Token{
		"a typical token":         typicalToken(),
		"a credential":            credential(),
		"a token with a little":   {Link: store.NewLink(), State: store.Disabled},
		"a token of other tongue": {Link: store.NewLink(), RID: "Zoë \U0001f511", State: store.Enabled},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			got, ok := decodeOwn([]byte(jsonOf(t, token)))
			if !ok {
				t.Fatal("it is left to encoding/json")
			}
			if diff := cmp.Diff(token, got); diff != "" {
				t.Errorf("token (-want +got):\n%s", diff)
			}
		})
	}
}

func TestWhatIsUnusualIsLeftToEncodingJSON(t *testing.T) {
	t.Parallel()
	usual := jsonOf(t, typicalToken())
	for name, text := range map[string]string{
		"nothing":             "",
		"a space":             strings.Replace(usual, ":", ": ", 1),
		"an escape":           strings.Replace(usual, "customer", `c\u0075stomer`, 1),
		"a control byte":      strings.Replace(usual, "customer", "c\x01", 1),
		"a byte of no letter": strings.Replace(usual, "customer", "c\xff", 1),
		"null":                strings.Replace(usual, `"customer-00000001"`, "null", 1),
		"another order":       `{"uuid":"u",` + usual[1:],
		"a field twice":       strings.Replace(usual, `,"rid"`, `,"uuid":"u","rid"`, 1),
		"an unknown field":    strings.Replace(usual, `,"rid"`, `,"rig":"u","rid"`, 1),
		"other letters":       strings.Replace(usual, `,"rid"`, `,"RID"`, 1),
		"an empty list":       strings.Replace(usual, `["link","token"]`, `[]`, 1),
		"a leading zero":      strings.Replace(usual, `"limit":3`, `"limit":03`, 1),
		"a fraction":          strings.Replace(usual, `"limit":3`, `"limit":3.0`, 1),
		"no digits":           strings.Replace(usual, `"limit":3`, `"limit":`, 1),
		"a negative number":   strings.Replace(usual, `"limit":3`, `"limit":-3`, 1),
		"too high a number":   strings.Replace(usual, `"limit":3`, `"limit":9223372036854775808`, 1),
		"no time":             strings.Replace(usual, "2030-01-02T", "2030-13-02T", 1),
		"something behind it": usual + " ",
		"no end":              usual[:len(usual)-1],
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if text == usual {
				t.Fatal("the case changes nothing")
			}
			if _, ok := decodeOwn([]byte(text)); ok {
				t.Errorf("it is read: %s", text)
			}
		})
	}
}

func TestPartOfARecordIsNotRead(t *testing.T) {
	t.Parallel()
	usual := jsonOf(t, credential())
	for n := range usual {
		if _, ok := decodeOwn([]byte(usual[:n])); ok {
			t.Fatalf("the first %d bytes are read", n)
		}
	}
}

// FuzzOwnJSON holds what decodeOwn reads against encoding/json.
func FuzzOwnJSON(f *testing.F) {
	for _, token := range []*store.Token{typicalToken(), credential(), {Link: "l"}} {
		f.Add([]byte(jsonOf(f, token)))
	}
	f.Add([]byte(`{"link":"","expires":"2030-01-02T03:04:05+01:00","limit":0,"state":"","created":"0001-01-01T00:00:00Z","modified":"9999-12-31T23:59:59.999999999Z"}`))
	f.Fuzz(func(t *testing.T, text []byte) {
		got, ok := decodeOwn(text)
		if !ok {
			return
		}
		want, err := decodeJSON(text)
		if err != nil {
			t.Fatalf("encoding/json refuses it: %s", text)
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Fatalf("token (-encoding/json +own):\n%s", diff)
		}
	})
}
