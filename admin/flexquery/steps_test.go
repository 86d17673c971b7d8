package flexquery_test

import (
	"errors"
	"testing"

	"github.com/linkgate/linkgate/admin/flexquery"
)

// people are records in which every step of a query shows.
var people = []string{
	`{"n":0,"team":"b","age":30,"name":{"first":"Zoe","nick":["z","zo"]},"big":9007199254740993}`,
	`{"n":1,"team":"a","age":9,"name":{"first":"ann"},"big":9007199254740992}`,
	`{"n":2,"team":"b","age":"10","name":{"first":"Bob"},"price":1.50}`,
	`{"n":3,"age":9,"name":{"first":"ann"}}`,
	`{"n":4,"team":"a","age":null,"<&>é":"\u00e9","name":null}`,
}

func TestSteps(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct{ options, want string }{
		"numbers sort as numbers, missing ones first":     {"[sort_by][key]=age&[only][]=n", `[{"n":4},{"n":1},{"n":3},{"n":2},{"n":0}]`},
		"descending keeps equal ones in order":            {"[sort_by][key]=age&[sort_by][direction]=dEsC&[only][]=n", `[{"n":0},{"n":2},{"n":1},{"n":3},{"n":4}]`},
		"texts sort by their lower case":                  {"[sort_by][key]=name.first&[only][]=n", `[{"n":4},{"n":1},{"n":3},{"n":2},{"n":0}]`},
		"big integers sort exactly":                       {"[sort_by][key]=big&[offset]=3&[only][]=big", `[{"big":9007199254740992},{"big":9007199254740993}]`},
		"any other direction ascends":                     {"[sort_by][key]=n&[sort_by][direction]=descending&[limit]=1&[only]=n", `[{"n":0}]`},
		"offset comes before limit, sorting before both":  {"[limit]=2&[offset]=1&[sort_by][key]=n&[sort_by][direction]=desc&[only][]=n", `[{"n":3},{"n":2}]`},
		"offset comes before limit without sorting":       {"[limit]=2&[offset]=1&[only][]=n", `[{"n":1},{"n":2}]`},
		"a limit of zero is nothing":                      {"[limit]=0", `[]`},
		"an offset past the end is nothing":               {"[offset]=5", `[]`},
		"a sorted offset past the end is nothing":         {"[offset]=5&[sort_by][key]=n", `[]`},
		"fractions of a limit do not count":               {"[limit]=1.9&[only][]=n", `[{"n":0}]`},
		"a limit in exponents":                            {"[limit]=0.2e1&[only][]=n", `[{"n":0},{"n":1}]`},
		"where sees what only leaves out":                 {where("team", "eq", "b") + "&[only][]=n", `[{"n":0},{"n":2}]`},
		"first is the bare record":                        {"[return]=first&[only][]=n", `{"n":0}`},
		"last is the bare record":                         {"[return]=last&[only][]=n", `{"n":4}`},
		"last comes after limit":                          {"[return]=last&[limit]=2&[only][]=n", `{"n":1}`},
		"first comes after offset":                        {"[return]=first&[offset]=2&[only][]=n", `{"n":2}`},
		"first of the sorted":                             {"[return]=first&[sort_by][key]=n&[sort_by][direction]=desc&[only][]=n", `{"n":4}`},
		"last of the sorted":                              {"[return]=last&[sort_by][key]=n&[sort_by][direction]=desc&[limit]=2&[only][]=n", `{"n":3}`},
		"groups in order of appearance, missing in one":   {"[group_by]=team&[only][]=n", `{"b":[{"n":0},{"n":2}],"a":[{"n":1},{"n":4}],"":[{"n":3}]}`},
		"groups of numbers and texts that look alike":     {"[group_by]=age&[only][]=n", `{"30":[{"n":0}],"9":[{"n":1},{"n":3}],"10":[{"n":2}],"":[{"n":4}]}`},
		"groups by a path":                                {"[group_by]=name.first&[offset]=1&[limit]=1&[only][]=n", `{"ann":[{"n":1},{"n":3}]}`},
		"groups of lists have no name":                    {"[group_by]=name&[only][]=n&" + where("name", "neq", ""), `{"":[{"n":0},{"n":1},{"n":2},{"n":3}]}`},
		"limit and offset count groups":                   {"[group_by]=team&[offset]=1&[limit]=1&[only][]=n", `{"a":[{"n":1},{"n":4}]}`},
		"the first group is a list":                       {"[group_by]=team&[return]=first&[only][]=n", `[{"n":0},{"n":2}]`},
		"the last group is a list":                        {"[group_by]=team&[return]=last&[only][]=n", `[{"n":3}]`},
		"groups sort by a field of a member":              {"[group_by]=team&[sort_by][key]=0.n&[sort_by][direction]=desc&[only][]=n", `{"":[{"n":3}],"a":[{"n":1},{"n":4}],"b":[{"n":0},{"n":2}]}`},
		"groups sort by the second member, missing first": {"[group_by]=team&[sort_by][key]=1.n&[only][]=n", `{"":[{"n":3}],"b":[{"n":0},{"n":2}],"a":[{"n":1},{"n":4}]}`},
		"groups do not sort by a field they do not have":  {"[group_by]=team&[sort_by][key]=n&[sort_by][direction]=desc&[limit]=1&[only][]=n", `{"b":[{"n":0},{"n":2}]}`},
		"no groups":                                       {"[group_by]=team&[limit]=0", `{}`},
		"only keeps the order and the bytes":              {"[only][]=price&[only][]=n&[only][]=nope&[offset]=2&[limit]=1", `[{"n":2,"price":1.50}]`},
		"only takes a dot for part of the name":           {"[only][]=name.first&[limit]=1", `[{}]`},
		"except leaves out fields and what paths lead to": {"[except][]=big&[except][]=name.nick.0&[except][]=name.first&[except][]=nope.x&[except][]=team.x&[limit]=1", `[{"n":0,"team":"b","age":30,"name":{"nick":["zo"]}}]`},
		"except comes after only":                         {"[only][]=n&[only][]=age&[except][]=n&[limit]=1", `[{"age":30}]`},
		"except does not look into what is no object":     {"[except][]=name.first.x&[except][]=name.nick.9&[except][]=name.nick.0.x&[only][]=name&[limit]=1", `[{"name":{"first":"Zoe","nick":["z","zo"]}}]`},
		"names keep their characters, values their bytes": {"[except][]=team&[except][]=n&[offset]=4", `[{"age":null,"<&>é":"\u00e9","name":null}]`},
		"nothing matches":                                 {where("n", "gt", "100"), `[]`},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			got, err := ask(t, listOf(t, people...), c.options)
			if err != nil {
				t.Fatal(err)
			}
			if got != c.want {
				t.Errorf("got  %s\nwant %s", got, c.want)
			}
		})
	}
}

func TestFirstAndLastOfNothing(t *testing.T) {
	t.Parallel()
	for _, rest := range []string{
		"[limit]=0", "[offset]=5", where("n", "eq", "100"),
		"[sort_by][key]=n&[limit]=0", "[sort_by][key]=n&[offset]=5", "[group_by]=n&[limit]=0",
	} {
		for _, word := range []string{"first", "last"} {
			got, err := ask(t, listOf(t, people...), rest+"&[return]="+word)
			if !errors.Is(err, flexquery.ErrNothing) || got != "" {
				t.Errorf("%s of %s: got %q and %v", word, rest, got, err)
			}
		}
	}
}

func TestOneRecordIsProjected(t *testing.T) {
	t.Parallel()
	r := listOf(t, people...)[0]
	before := string(r.AppendJSON(nil))
	for options, want := range map[string]string{
		"[only][]=n&[only][]=name&[except][]=name.nick":         `{"n":0,"name":{"first":"Zoe"}}`,
		"[except][]=n&[except][]=big&[except][]=name.nick.1":    `{"team":"b","age":30,"name":{"first":"Zoe","nick":["z"]}}`,
		"[except][]=team&[except][]=name.first&[except][]=name": `{"n":0,"age":30,"big":9007199254740993}`,
		"[only][]=big":            `{"big":9007199254740993}`,
		"[limit]=0&[return]=last": before,
	} {
		q, err := parse(t, options)
		if err != nil {
			t.Fatal(err)
		}
		if got := string(q.Project(r).AppendJSON(nil)); got != want {
			t.Errorf("%s: got %s, want %s", options, got, want)
		}
		if got := string(r.AppendJSON(nil)); got != before {
			t.Fatalf("%s: the record itself was changed to %s", options, got)
		}
	}
}
