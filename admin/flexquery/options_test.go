package flexquery_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/linkgate/linkgate/admin/flexquery"
)

func TestWrongOptionsAreNamed(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct{ options, option, problem string }{
		"filter is a text":                  {"=secret", "", "in brackets"},
		"where is a text":                   {"[where]=secret", "[where]", "list of conditions"},
		"a condition is a text":             {"[where][0]=secret", "[where][0]", "no key"},
		"where is itself a condition":       {"[where][key]=secret&[where][operator]=eq&[where][value]=b", "[where][key]", "no key"},
		"a condition without a key":         {"[where][0][operator]=eq&[where][0][value]=secret", "[where][0]", "no key"},
		"a condition with an empty key":     {where("", "eq", "secret"), "[where][0]", "no key"},
		"a condition with a list for a key": {"[where][0][key][]=secret&[where][0][operator]=eq&[where][0][value]=b", "[where][0]", "no key"},
		"a condition without an operator":   {"[where][0][key]=a&[where][0][value]=secret", "[where][0]", "no operator"},
		"a condition without a value":       {"[where][0][key]=secret&[where][0][operator]=eq", "[where][0]", "no value"},
		"the typo of Flextype's own page":   {where("a", "eq", "b") + "&[where][9][operator]=eq", "[where][9]", "no key"},
		"conditions pulled apart by []":     {"[where][][key]=a&[where][][operator]=eq&[where][][value]=b", "[where][0]", "no operator"},
		"an unknown operator":               {where("a", "secret", "b"), "[where][0][operator]", "is unknown"},
		"an empty operator":                 {where("a", "", "secret"), "[where][0][operator]", "is unknown"},
		"an operator of another language":   {where("a", "==", "secret"), "[where][0][operator]", "is unknown"},
		"a bad regular expression":          {where("a", "regexp", "secret("), "[where][0][value]", "missing closing )"},
		"a bad one of nregexp":              {where("a", "nregexp", "secret["), "[where][0][value]", "missing closing ]"},
		"a regular expression of PCRE only": {where("a", "regexp", `(?=secret)`), "[where][0][value]", "RE2"},
		"a back reference":                  {where("a", "regexp", `(secret)\1`), "[where][0][value]", "RE2"},
		"a long regular expression":         {where("a", "regexp", strings.Repeat("s", 513)), "[where][0][value]", "more than 512 bytes"},
		"one that grows":                    {where("a", "regexp", `(\pL{40}){25}`), "[where][0][value]", "more than 1000 steps"},
		"one that grows too much for RE2":   {where("a", "regexp", `((\pL{100}){100}){100}`), "[where][0][value]", "invalid repeat count"},
		"a list for a regular expression":   {where("a", "regexp", "a", "b"), "[where][0][value]", "one value"},
		"a list for a piece of a text":      {where("a", "contains", "a", "b"), "[where][0][value]", "one value"},
		"a list for a start":                {where("a", "starts_with", "a", "b"), "[where][0][value]", "one value"},
		"a list for an end":                 {where("a", "ends_with", "a", "b"), "[where][0][value]", "one value"},
		"a date that is none":               {where("a", "newer", "secret"), "[where][0][value]", "is no date"},
		"a list for a date":                 {where("a", "older", "2022-01-01", "2023-01-01"), "[where][0][value]", "is no date"},
		"a name that is no plain word":      {"[where][secret key!]=x", "[where][…]", "no key"},
		"a negative limit":                  {"[limit]=-1", "[limit]", "negative"},
		"a limit just below zero":           {"[limit]=-0.5", "[limit]", "negative"},
		"a limit that is no number":         {"[limit]=secret", "[limit]", "must be a number"},
		"an empty limit":                    {"[limit]=", "[limit]", "must be a number"},
		"a limit that is a list":            {"[limit][]=5", "[limit]", "must be a number"},
		"a negative offset":                 {"[offset]=-1", "[offset]", "negative"},
		"an offset that is no number":       {"[offset]=5secret", "[offset]", "must be a number"},
		"sort_by without a key":             {"[sort_by][direction]=DESC", "[sort_by][key]", "name of a field"},
		"sort_by with an empty key":         {"[sort_by][key]=", "[sort_by][key]", "name of a field"},
		"sort_by that is a text":            {"[sort_by]=secret", "[sort_by][key]", "name of a field"},
		"group_by that is a list":           {"[group_by][]=secret", "[group_by]", "name of a field"},
		"group_by of nothing":               {"[group_by]=", "[group_by]", "name of a field"},
		"only with a list in it":            {"[only][0][0]=secret", "[only]", "list of names"},
		"except with a list in it":          {"[except][0][0]=secret", "[except]", "list of names"},
		"return with a list":                {"[return][]=secret", "[return]", "all, first or last"},
		"return of what we do not serve":    {"[return]=random", "[return]", "not served"},
		"return of the next one":            {"[return]=next", "[return]", "not served"},
		"the second of two conditions":      {where("a", "eq", "b") + "&[where][1][key]=secret", "[where][1]", "no operator"},
		"a wrong option behind a good one":  {"[limit]=1&[offset]=secret", "[offset]", "must be a number"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			q, err := parse(t, c.options)
			wrong, ok := errors.AsType[*flexquery.OptionError](err)
			if !ok || q != nil {
				t.Fatalf("got %v", err)
			}
			if wrong.Option != "options[filter]"+c.option || !strings.Contains(wrong.Problem, c.problem) {
				t.Errorf("got %q", wrong)
			}
			if strings.Contains(err.Error(), "secret") {
				t.Errorf("the error quotes what was sent: %v", err)
			}
		})
	}
}

func TestQueriesAreBounded(t *testing.T) {
	t.Parallel()
	conditions := func(n int, operator, value string) string {
		parts := make([]string, 0, n)
		for i := range n {
			parts = append(parts, strings.ReplaceAll(where("a", operator, value), "[0]", fmt.Sprintf("[%d]", i)))
		}
		return strings.Join(parts, "&")
	}
	for name, c := range map[string]struct {
		options string
		want    string
	}{
		"64 conditions":                           {conditions(64, "eq", "b"), ""},
		"65 conditions":                           {conditions(65, "eq", "b"), "more than 64 conditions"},
		"one regular expression of many steps":    {conditions(1, "regexp", `a{400}`), ""},
		"two of many steps":                       {conditions(2, "regexp", `a{400}`), ""},
		"three of many steps":                     {conditions(3, "regexp", `a{400}`), "more than 1000 steps"},
		"three that must not match of many steps": {conditions(3, "nregexp", `a{400}`), "more than 1000 steps"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			_, err := parse(t, c.options)
			if got := fmt.Sprint(err); (err == nil) != (c.want == "") || !strings.Contains(got, c.want) {
				t.Errorf("got %v", err)
			}
		})
	}
}

func TestOptionsThatChangeNothing(t *testing.T) {
	t.Parallel()
	l := listOf(t, `{"n":0}`, `{"n":1}`, `{"n":2}`)
	for name, options := range map[string]string{
		"an option Flextype does not know":   "[slice_limit]=1&[random]=2",
		"a list without names":               "[]=1",
		"return of a word nobody knows":      "[return]=FIRST",
		"an offset of zero in other words":   "[offset]=-0",
		"a limit of more than there can be":  "[limit]=1e30",
		"both, so that the end is no number": "[offset]=0.9&[limit]=9223372036854775807",
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if got := ids(t, l, options); got != "0 1 2" {
				t.Errorf("got %q", got)
			}
		})
	}
}
