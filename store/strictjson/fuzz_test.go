package strictjson_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"regexp"
	"testing"
	"unicode/utf8"

	"github.com/linkgate/linkgate/store/strictjson"
)

// surrogate finds every escape of a surrogate, in a pair or not.
var surrogate = regexp.MustCompile(`\\u[dD][89a-fA-F]`)

// FuzzObject compares with encoding/json: it sees the same members in all that
// we accept, and all that it accepts we refuse for a reason of our own only.
func FuzzObject(f *testing.F) {
	for _, seed := range []string{
		`{}`, `{"a":1}`, `{"a":1,"A":2}`, `{"a":1,"a":2}`, `{"a":{"b":[1,"\u00e9",null]},"c":1e9}`, ` { "a" : "\ud83d\ude00" } `,
		`{"a":"\ud800"}`, "{\"\xff\":1}", `[]`, `[[[]]]`, `"a"`, `{"":""}`, "\xef\xbb\xbf{}", `{"a":-0.0e+1}`, manyMembers(20), nested(32), nested(33),
	} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, text []byte) {
		members, err := strictjson.Object(text)
		if err == nil {
			sameAsStandard(t, text, members)
		}
		valid := strictjson.Valid(text)
		if valid == nil && !json.Valid(text) {
			t.Error("encoding/json refuses what Valid accepts")
		}
		excused := !utf8.Valid(text) || surrogate.Match(text) || bytes.Count(text, []byte("["))+bytes.Count(text, []byte("{")) > strictjson.MaxDepth
		if errors.Is(valid, strictjson.ErrSyntax) && json.Valid(text) && !excused {
			t.Errorf("refused without a reason: %v", valid)
		}
		if errors.Is(err, strictjson.ErrSyntax) != errors.Is(valid, strictjson.ErrSyntax) {
			t.Errorf("Object says %v, Valid says %v", err, valid)
		}
	})
}

func sameAsStandard(t *testing.T, text []byte, members []strictjson.Member) {
	t.Helper()
	var want map[string]json.RawMessage
	if err := json.Unmarshal(text, &want); err != nil {
		t.Fatalf("encoding/json: %v", err)
	}
	if len(want) != len(members) {
		t.Fatalf("%d members, encoding/json sees %d", len(members), len(want))
	}
	for _, m := range members {
		if value, ok := want[m.Name]; !ok || !bytes.Equal(value, m.Value) {
			t.Errorf("%q is %s, encoding/json says %s", m.Name, m.Value, value)
		}
		var s string
		if err := json.Unmarshal(m.Value, &s); err == nil && m.Value[0] == '"' {
			if got, ok := strictjson.String(m.Value); !ok || got != s {
				t.Errorf("%s is %q, encoding/json says %q", m.Value, got, s)
			}
		}
		var n int64
		if got, ok := strictjson.Integer(m.Value); ok && (json.Unmarshal(m.Value, &n) != nil || n != got) {
			t.Errorf("%s is %d, encoding/json says %d", m.Value, got, n)
		}
	}
}

func BenchmarkObject(b *testing.B) {
	for name, text := range map[string]string{
		"the claims of a token": `{"rid":"cust1234","exp":1662913812,"_id":"48851f26b437494fb4661dcdb2c8d004"}`,
		"ten thousand members":  manyMembers(10_000),
	} {
		b.Run(name, func(b *testing.B) {
			b.SetBytes(int64(len(text)))
			b.ReportAllocs()
			for b.Loop() {
				if _, err := strictjson.Object([]byte(text)); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
