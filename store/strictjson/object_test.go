package strictjson_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/linkgate/linkgate/store/strictjson"
)

func TestObjectGivesMembersInOrderWithTheirExactBytes(t *testing.T) {
	t.Parallel()
	cases := map[string]struct {
		text string
		want []string // name=value
	}{
		"an empty object":                    {`{}`, nil},
		"white space around everything":      {" \t\r\n{ \"a\" :\t1 ,\n\"b\" : [ 1 , 2 ] } \n", []string{`a=1`, `b=[ 1 , 2 ]`}},
		"order is kept":                      {`{"z":1,"a":2,"m":3}`, []string{"z=1", "a=2", "m=3"}},
		"numbers keep their spelling":        {`{"a":1.0,"b":1e3,"c":12345678901234567890,"d":-0}`, []string{"a=1.0", "b=1e3", "c=12345678901234567890", "d=-0"}},
		"strings keep their escapes":         {`{"a":"\u0041\/","b":"ü"}`, []string{`a="\u0041\/"`, `b="ü"`}},
		"names are decoded":                  {`{"\u0061\n":1,"\ud83d\ude00":2}`, []string{"a\n=1", "😀=2"}},
		"names in other cases are others":    {`{"exp":1,"EXP":2,"Exp":3}`, []string{"exp=1", "EXP=2", "Exp=3"}},
		"an empty name is a name":            {`{"":null}`, []string{"=null"}},
		"nested objects have names apart":    {`{"a":{"a":{"a":1}},"b":[{"a":1},{"a":2}]}`, []string{`a={"a":{"a":1}}`, `b=[{"a":1},{"a":2}]`}},
		"U+FFFD itself is a character":       {"{\"a\":\"\ufffd\"}", []string{"a=\"\ufffd\""}},
		"brackets inside strings open none":  {`{"a":"}]\"{[","b":2}`, []string{`a="}]\"{["`, `b=2`}},
		"normal forms are different names":   {"{\"\u00e9\":1,\"e\u0301\":2}", []string{"\u00e9=1", "e\u0301=2"}},
		"words":                              {`{"t":true,"f":false,"n":null}`, []string{"t=true", "f=false", "n=null"}},
		"the deepest nesting that is read":   {nested(strictjson.MaxDepth), []string{"a=" + strings.TrimSuffix(nested(strictjson.MaxDepth)[5:], "}")}},
		"a value that ends the innermost":    {`{"a":{"b":[]}}`, []string{`a={"b":[]}`}},
		"a name that only escapes differ in": {`{"a":1,"\\u0061":2}`, []string{"a=1", `\u0061=2`}},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			members, err := strictjson.Object([]byte(c.text))
			if err != nil {
				t.Fatalf("refused: %v", err)
			}
			var got []string
			for _, m := range members {
				got = append(got, m.Name+"="+string(m.Value))
			}
			if d := cmp.Diff(c.want, got); d != "" {
				t.Error(d)
			}
		})
	}
}

func TestValuesCannotGrowIntoTheirNeighbours(t *testing.T) {
	t.Parallel()
	text := []byte(`{"a":1,"b":2}`)
	members, err := strictjson.Object(text)
	if err != nil {
		t.Fatal(err)
	}
	_ = append(members[0].Value, "0000"...)
	if string(text) != `{"a":1,"b":2}` {
		t.Errorf("appending to a value changed the text to %s", text)
	}
}

func TestObjectRefusesMalformedTexts(t *testing.T) {
	t.Parallel()
	cases := map[string]string{
		"nothing":                         "",
		"white space only":                " \n",
		"a byte order mark":               "\xef\xbb\xbf{}",
		"no end":                          `{"a":1`,
		"no value":                        `{"a":}`,
		"no colon":                        `{"a" 1}`,
		"a comma behind the last member":  `{"a":1,}`,
		"a comma before the first":        `{,"a":1}`,
		"two commas":                      `{"a":1,,"b":2}`,
		"no comma":                        `{"a":1 "b":2}`,
		"a name without quotes":           `{a:1}`,
		"single quotes":                   `{'a':1}`,
		"typographic quotes":              `{“a”:1}`,
		"a second value":                  `{} {}`,
		"something behind":                `{}x`,
		"a NUL byte behind":               "{}\x00",
		"a NUL byte as value":             "{\"a\":\x00}",
		"the wrong bracket":               `{"a":[1}`,
		"an end too many":                 `{}}`,
		"a raw line break in a string":    "{\"a\":\"\n\"}",
		"a raw NUL in a name":             "{\"a\x00\":1}",
		"an unknown escape":               `{"a":"\x41"}`,
		"an escape that is cut off":       `{"a":"\u00`,
		"an escape with too few digits":   `{"a":"\u00g0"}`,
		"a first half of a pair alone":    `{"a":"\ud800"}`,
		"a first half before a letter":    `{"a":"\ud800\n"}`,
		"a first half twice":              `{"a":"\ud800\ud800"}`,
		"a second half alone":             `{"a":"\udc00"}`,
		"half a pair in a name":           `{"\udead":1}`,
		"half a pair at the very end":     `{"a":"\ud800\`,
		"invalid UTF-8 in a value":        "{\"a\":\"\xff\"}",
		"invalid UTF-8 in a name":         "{\"\xc3\":1}",
		"an overlong slash":               "{\"a\":\"\xc0\xaf\"}",
		"an encoded surrogate":            "{\"a\":\"\xed\xa0\x80\"}",
		"invalid UTF-8 outside a string":  "{\"a\":1\xff}",
		"a no-break space between":        "{\u00a0}",
		"a leading zero":                  `{"a":01}`,
		"a plus sign":                     `{"a":+1}`,
		"a point without digits":          `{"a":1.}`,
		"an exponent without digits":      `{"a":1e}`,
		"a minus sign only":               `{"a":-}`,
		"NaN":                             `{"a":NaN}`,
		"a word in another case":          `{"a":True}`,
		"half a word":                     `{"a":tru`,
		"a comment":                       `{"a":1/*x*/}`,
		"one level too deep":              nested(strictjson.MaxDepth + 1),
		"a bottomless text":               strings.Repeat(`{"a":`, 1<<20),
		"malformed behind a repeat":       `{"a":1,"a":2,}`,
		"malformed array":                 `[1,]`,
		"a string that goes on for ever":  `{"` + strings.Repeat("a", 1<<16),
		"an escaped quote as the last":    `{"a":"\"`,
		"a repeat in what has no end yet": `{"a":1,"a":2`,
	}
	for name, text := range cases {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if _, err := strictjson.Object([]byte(text)); !errors.Is(err, strictjson.ErrSyntax) {
				t.Errorf("Object: %v", err)
			}
			if err := strictjson.Valid([]byte(text)); !errors.Is(err, strictjson.ErrSyntax) {
				t.Errorf("Valid: %v", err)
			}
		})
	}
}

func TestObjectRefusesRepeatedNames(t *testing.T) {
	t.Parallel()
	cases := map[string]struct{ text, name string }{
		"the same value":              {`{"a":1,"a":1}`, "a"},
		"another value":               {`{"a":1,"b":2,"a":3}`, "a"},
		"spelled with an escape":      {`{"exp":1,"\u0065xp":2}`, "exp"},
		"an empty name":               {`{"":1,"":2}`, ""},
		"inside a member":             {`{"a":{"b":1,"b":2}}`, "b"},
		"inside an array":             {`{"a":[0,{"b":1,"c":[],"b":2}]}`, "b"},
		"the first of several":        {`{"a":1,"a":1,"b":1,"b":1}`, "a"},
		"after many others":           {strings.Replace(manyMembers(100), `"n70"`, `"n3"`, 1), "n3"},
		"the last before the map":     {strings.Replace(manyMembers(17), `"n16"`, `"n0"`, 1), "n0"},
		"the first behind the change": {strings.Replace(manyMembers(18), `"n17"`, `"n16"`, 1), "n16"},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			_, err := strictjson.Object([]byte(c.text))
			var d *strictjson.DuplicateError
			if !errors.As(err, &d) || d.Name != c.name {
				t.Errorf("got %v, want a repeated %q", err, c.name)
			}
			if errors.Is(err, strictjson.ErrSyntax) {
				t.Error("a repeat is no syntax error: the API answers it with another status")
			}
			if !errors.As(strictjson.Valid([]byte(c.text)), &d) {
				t.Error("Valid accepts it")
			}
		})
	}
}

func TestObjectTellsOtherValuesFromMalformedOnes(t *testing.T) {
	t.Parallel()
	for _, text := range []string{`[]`, `[{}]`, `"a"`, `1`, `true`, `null`, ` [1] `, `[{"a":1,"a":2}]`} {
		if _, err := strictjson.Object([]byte(text)); !errors.Is(err, strictjson.ErrNotObject) || errors.Is(err, strictjson.ErrSyntax) {
			t.Errorf("%s: %v", text, err)
		}
	}
	for _, text := range []string{`[]`, `"a"`, `1`, `true`, `null`, `[{"a":1},{"a":2}]`} {
		if err := strictjson.Valid([]byte(text)); err != nil {
			t.Errorf("Valid refuses %s: %v", text, err)
		}
	}
}

func TestDepthCanBeLimitedFurther(t *testing.T) {
	t.Parallel()
	for depth := 1; depth < 10; depth++ {
		if _, err := strictjson.ObjectDepth([]byte(nested(depth)), depth); err != nil {
			t.Errorf("depth %d within %d: %v", depth, depth, err)
		}
		if _, err := strictjson.ObjectDepth([]byte(nested(depth+1)), depth); !errors.Is(err, strictjson.ErrSyntax) {
			t.Errorf("depth %d within %d: %v", depth+1, depth, err)
		}
	}
	shallow := `{"a":[` + strings.Repeat(`[],`, 1000) + `{}]}`
	if _, err := strictjson.ObjectDepth([]byte(shallow), 3); err != nil {
		t.Errorf("many values side by side are not deep: %v", err)
	}
}

func TestErrorTextsQuoteNoValueAndStayShort(t *testing.T) {
	t.Parallel()
	const secret = "48851f26b437494fb4661dcdb2c8d004"
	for _, text := range []string{`{"a":"` + secret + `",}`, `{"a":"` + secret, `{"a":"` + secret + `","b":1,"b":2}`, secret} {
		if _, err := strictjson.Object([]byte(text)); err == nil || strings.Contains(err.Error(), secret) {
			t.Errorf("%s: %v", text, err)
		}
	}
	long := strings.Repeat("n", 1<<20)
	_, err := strictjson.Object([]byte(`{"` + long + `":1,"` + long + `":2}`))
	if err == nil || len(err.Error()) > 200 {
		t.Errorf("an error text of %d bytes", len(fmt.Sprint(err)))
	}
}

// nested is an object of the given depth.
func nested(depth int) string {
	return strings.Repeat(`{"a":`, depth-1) + `{}` + strings.Repeat(`}`, depth-1)
}

// manyMembers is an object with the members n0, n1, …
func manyMembers(n int) string {
	var b strings.Builder
	for i := range n {
		fmt.Fprintf(&b, `,"n%d":%d`, i, i)
	}
	return `{` + b.String()[1:] + `}`
}
