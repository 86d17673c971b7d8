package flexquery_test

import (
	"encoding/json"
	"strings"
	"testing"
)

// field makes records with these values in the field f, and one each where
// it is missing and where it is null: they are never in an answer.
func field(t *testing.T, values ...string) list {
	t.Helper()
	objects := make([]string, 0, len(values)+2)
	for _, v := range values {
		objects = append(objects, `{"f":`+v+`}`)
	}
	return listOf(t, append(objects, `{"g":1}`, `{"f":null}`)...)
}

// matching are the values of the field f in an answer.
func matching(t *testing.T, l list, options string) string {
	t.Helper()
	out, err := ask(t, l, options)
	if err != nil {
		t.Fatal(err)
	}
	var records []struct{ F json.RawMessage }
	if err := json.Unmarshal([]byte(out), &records); err != nil {
		t.Fatal(err)
	}
	values := make([]string, 0, len(records))
	for _, r := range records {
		values = append(values, string(r.F))
	}
	return strings.Join(values, " ")
}

func TestOperators(t *testing.T) {
	t.Parallel()
	mixed := []string{`5`, `5.0`, `"5"`, `"05"`, `"abc"`, `true`, `"true"`, `false`, `""`, `[]`, `["5"]`, `0`}
	for name, c := range map[string]struct {
		fields []string
		where  string
		want   string
	}{
		"eq with a number takes numbers as numbers and texts exactly": {mixed, where("f", "eq", "5"), `5 5.0 "5"`},
		"eq with a boolean takes its word":                            {mixed, where("f", "=", "true"), `true "true"`},
		"eq with the empty text takes no false":                       {mixed, where("f", "eq", ""), `""`},
		"eq with a list takes the like list":                          {mixed, where("f", "eq", "5", "6"), ``},
		"neq takes all else, and nothing that is missing":             {mixed, where("f", "neq", "5"), `"05" "abc" true "true" false "" [] ["5"] 0`},
		"both other spellings of neq":                                 {[]string{`1`, `2`}, where("f", "!=", "1") + "&" + strings.ReplaceAll(where("f", "<>", "1"), "[0]", "[1]"), `2`},
		"big integers are told apart":                                 {[]string{`9007199254740992`, `9007199254740993`, `"9007199254740993.0"`}, where("f", "eq", "9007199254740993"), `9007199254740993`},
		"big integers are ordered":                                    {[]string{`9007199254740992`, `9007199254740993`, `9007199254740994`}, where("f", "gt", "9007199254740992"), `9007199254740993 9007199254740994`},
		"numbers beyond 64 bits are ordered":                          {[]string{`1e400`, `99999999999999999999999`, `-1e400`, `1e-400`}, where("f", "gt", "99999999999999999999998"), `1e400 99999999999999999999999`},
		"fractions are exact":                                         {[]string{`0.1`, `0.10`, `0.10000000000000000001`}, where("f", "eq", "0.1"), `0.1 0.10`},
		"lt compares numbers in texts as numbers":                     {[]string{`"9"`, `"10"`, `9`, `10`, `" 8"`}, where("f", "lt", "10"), `"9" 9 " 8"`},
		"lt compares other texts as bytes":                            {[]string{`"B"`, `"a"`, `"é"`, `10`}, where("f", "<", "a"), `"B" 10`},
		"lte and gte take what is equal":                              {[]string{`1`, `2`, `3`}, where("f", "lte", "2") + "&" + strings.ReplaceAll(where("f", ">=", "2.0"), "[0]", "[1]"), `2`},
		"gt takes every list":                                         {[]string{`[]`, `"z"`, `{"a":1}`}, where("f", "gt", "zz"), `[] {"a":1}`},
		"of two lists the longer one is greater":                      {[]string{`["z"]`, `["a","b","c"]`, `"z"`, `9`}, where("f", "lt", "x", "y"), `["z"] "z" 9`},
		"lists of one length compare element by element":              {[]string{`["a","9"]`, `["a","11"]`, `["b","1"]`, `{"a":"a","b":"b"}`}, where("f", "lte", "a", "10"), `["a","9"]`},
		"in takes lists that are alike in any order of keys":          {[]string{`["1"]`, `[1.0]`, `["2"]`, `["1","1"]`, `{"0":"01"}`, `{"x":"1"}`, `[]`}, where("f", "in", "no") + "&[where][0][value][1][0]=1", `["1"] [1.0] {"0":"01"}`},
		"in takes null for the empty text in a list":                  {[]string{`[null]`, `[""]`, `[0]`, `[false]`, `["a"]`}, where("f", "in", "no") + "&[where][0][value][1][0]=", `[null] [""] [false]`},
		"exponents are read both ways":                                {[]string{`1e-2`, `0.01`, `1E+2`, `"1.e-2"`}, where("f", "eq", "10e-3"), `1e-2 0.01`},
		"between takes both ends":                                     {[]string{`4`, `5`, `"7"`, `9`, `10`}, where("f", "between", "5", "9"), `5 "7" 9`},
		"between takes the first and the last of many":                {[]string{`1`, `5`, `7`}, where("f", "between", "1", "99", "5"), `1 5`},
		"between with one value is that value":                        {[]string{`4`, `5`, `6`}, where("f", "between", "5"), `5`},
		"between does not swap":                                       {[]string{`4`, `5`, `6`}, where("f", "between", "6", "4"), ``},
		"nbetween takes the others":                                   {[]string{`4`, `5`, `6`}, where("f", "nbetween", "5", "5"), `4 6`},
		"in takes a list":                                             {[]string{`"a"`, `"b"`, `"c"`}, where("f", "in", "a", "c"), `"a" "c"`},
		"in with one value is a list of one":                          {[]string{`"a"`, `"a,b"`, `"b"`}, where("f", "in", "a,b"), `"a,b"`},
		"in takes texts that read as one number":                      {[]string{`"42"`, `"42.0"`, `" 42"`, `42`, `"4.2e1"`, `"42x"`}, where("f", "in", "42"), `"42" "42.0" " 42" 42 "4.2e1"`},
		"in takes true for every text but two":                        {[]string{`true`, `false`}, where("f", "in", "anything"), `true`},
		"in takes false for the empty text":                           {[]string{`true`, `false`}, where("f", "in", "", "x"), `true false`},
		"in takes false for 0":                                        {[]string{`true`, `false`}, where("f", "in", "0"), `false`},
		"in does not look into lists":                                 {[]string{`["a"]`, `"a"`}, where("f", "in", "a"), `"a"`},
		"nin takes the others":                                        {[]string{`"a"`, `"b"`, `7`}, where("f", "nin", "a", "7.0"), `"b"`},
		"contains finds a piece of a text in its case":                {[]string{`"xay"`, `"xAy"`, `"a"`, `5`}, where("f", "contains", "a"), `"xay" "a"`},
		"contains finds an element of a list":                         {[]string{`["a","b"]`, `["ab"]`, `[5]`, `[]`}, where("f", "like", "a"), `["a","b"]`},
		"contains finds a number in a list":                           {[]string{`["5"]`, `[5]`, `["05"]`}, where("f", "contains", "5"), `["5"] [5]`},
		"contains takes no pattern":                                   {[]string{`"a%b"`, `"axb"`}, where("f", "like", "a%b"), `"a%b"`},
		"every text contains the empty one":                           {[]string{`""`, `"a"`, `[]`}, where("f", "contains", ""), `"" "a"`},
		"ncontains takes the others":                                  {[]string{`"ab"`, `"b"`, `["a"]`, `["b"]`, `5`}, where("f", "nlike", "a"), `"b" ["b"] 5`},
		"starts_with counts bytes, not characters":                    {[]string{`"Éclair"`, `"éclair"`, `"Éx"`}, where("f", "starts_with", "Éx"), `"Éx"`},
		"every text starts with the empty one":                        {[]string{`""`, `"a"`, `5`}, where("f", "starts_with", ""), `"" "a"`},
		"only the empty text ends with the empty one":                 {[]string{`""`, `"a"`}, where("f", "ends_with", ""), `""`},
		"ends_with":                              {[]string{`"日本"`, `"本日"`, `"本"`}, where("f", "ends_with", "本"), `"日本" "本"`},
		"regexp takes either case and each line": {[]string{`"A1"`, `"x\na2"`, `"xa3"`, `1`}, where("f", "regexp", `^a\d$`), `"A1" "x\na2"`},
		"regexp escapes a slash as PHP needs it": {[]string{`"a/b"`, `"ab"`}, where("f", "regexp", `a\/b`), `"a/b"`},
		"nregexp takes the others":               {[]string{`"a"`, `"b"`, `5`}, where("f", "nregexp", `a`), `"b" 5`},
		"operators come in any case":             {[]string{`"a"`, `"b"`}, where("f", "Starts_With", `a`), `"a"`},
		"newer compares dates in all forms": {
			[]string{`"2022-06-30"`, `"2022-06-30 12:00:01"`, `"2022-06-30T14:00:01+02:00"`, `1656590401`, `"1656590401"`, `"2022-06-30 12:00"`, `"01-07-2022"`, `"soon"`, `true`},
			where("f", "newer", "2022-06-30 12:00:00"),
			`"2022-06-30 12:00:01" "2022-06-30T14:00:01+02:00" 1656590401 "1656590401" "01-07-2022"`,
		},
		"older does not take what is no date":      {[]string{`"2021-01-01"`, `1`, `"soon"`, `[]`, `"2023-01-01"`}, where("f", "older", "1650000000"), `"2021-01-01" 1`},
		"newer takes Unix seconds as PHP has them": {[]string{`1650000001`, `1650000000`}, where("f", "newer", "@1650000000"), `1650000001`},
		"newer sees parts of a second":             {[]string{`"2022-01-01T00:00:00.5Z"`, `"1969-12-31T23:59:59.5Z"`}, where("f", "newer", "-0.6"), `"2022-01-01T00:00:00.5Z" "1969-12-31T23:59:59.5Z"`},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if got := matching(t, field(t, c.fields...), c.where); got != c.want {
				t.Errorf("got  %s\nwant %s", got, c.want)
			}
		})
	}
}

func TestEverySpellingOfAnOperator(t *testing.T) {
	t.Parallel()
	l := field(t, `4`, `5`, `6`)
	for spellings, want := range map[string]string{
		"eq = EQ in between Between": "5", "neq != <> NEQ nin nbetween": "4 6",
		"lt < LT older": "4", "gt > Gt newer": "6", "lte <= LTE": "4 5", "gte >= gTe": "5 6",
		"contains like starts_with ends_with regexp": "", "ncontains nlike NLike nregexp": "4 5 6",
	} {
		for operator := range strings.FieldsSeq(spellings) {
			if got := matching(t, l, where("f", operator, "5")); got != want {
				t.Errorf("%s: got %q, want %q", operator, got, want)
			}
		}
	}
}

func TestKeys(t *testing.T) {
	t.Parallel()
	l := listOf(
		t,
		`{"n":0,"a":{"b":"x"},"l":[{"k":"x"},"y"]}`,
		`{"n":1,"a.b":"x","a":{"b":"other"}}`,
		`{"n":2,"a.b":null,"a":{"b":"x"}}`,
		`{"n":3,"a":"x","b":"x","l":{"0":{"k":"x"}}}`,
		`{"n":4,"a":{"b":null},"l":[]}`,
	)
	for name, c := range map[string]struct{ key, want string }{
		"a path leads into objects, after a field of that name": {"a.b", "0 1 2"},
		"a path leads into lists, and keys that are numbers":    {"l.0.k", "0 3"},
		"an index has one spelling":                             {"l.00.k", ""},
		"an index is not negative":                              {"l.-1", ""},
		"a text has no elements":                                {"a.0", ""},
		"a dot at the end is one step more":                     {"a.", ""},
		"a dot alone is two":                                    {".", ""},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if got := ids(t, l, where(c.key, "eq", "x")); got != c.want {
				t.Errorf("got %q, want %q", got, c.want)
			}
		})
	}
}
