package flexquery_test

import (
	"errors"
	"strings"
	"testing"

	"github.com/linkgate/linkgate/admin/flexquery"
)

func TestParseStr(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct{ query, want string }{
		"nothing is an empty map":                       {"", `{}`},
		"a name alone has the empty text":               {"a", `{"a":"",}`},
		"order is that of first mention":                {"b=1&a=2&b=3", `{"b":"3","a":"2",}`},
		"empty brackets count up":                       {"a[]=x&a[]=y", `{"a":{"0":"x","1":"y",},}`},
		"they count on behind the highest index":        {"a[7]=x&a[]=y&a[2]=z&a[]=w", `{"a":{"7":"x","8":"y","2":"z","9":"w",},}`},
		"behind the highest index there is none":        {"a[9223372036854775807]=x&a[]=y", `{"a":{"9223372036854775807":"x",},}`},
		"below zero too":                                {"a[-9]=x&a[]=y", `{"a":{"-9":"x","-8":"y",},}`},
		"a number with a zero in front does not count":  {"a[01]=x&a[]=y", `{"a":{"01":"x","0":"y",},}`},
		"a plus and a minus zero do not count":          {"a[%2b1]=x&a[-0]=y&a[]=z", `{"a":{"+1":"x","-0":"y","0":"z",},}`},
		"a list takes the place of a text":              {"a=1&b=2&a[x]=3", `{"a":{"x":"3",},"b":"2",}`},
		"a text takes the place of a list":              {"a[x][y]=1&a[x]=2", `{"a":{"x":"2",},}`},
		"the name ends at the first sign of equality":   {"a[b=c]=d", `{"a_b":"c]=d",}`},
		"an encoded one belongs to the name":            {"a[b%3Dc]=d", `{"a":{"b=c":"d",},}`},
		"an encoded ampersand belongs to the value":     {"a=b%26c", `{"a":"b&c",}`},
		"dots and spaces become underscores outside":    {"a.b c[d.e f]=1", `{"a_b_c":{"d.e f":"1",},}`},
		"spaces in front are nothing":                   {"++a=1", `{"a":"1",}`},
		"one space in brackets is empty brackets":       {"a[+]=1&a[++]=2", `{"a":{"0":"1","  ":"2",},}`},
		"a first bracket that stays open is no bracket": {"a[b.c[d=1", `{"a_b_c_d":"1",}`},
		"a later one that stays open is dropped":        {"a[b][c=1", `{"a":{"b":"1",},}`},
		"what stands between brackets is dropped":       {"a[b]c[d]=1", `{"a":{"b":"1",},}`},
		"a bracket in brackets is a character":          {"a[[b]]=1", `{"a":{"[b":"1",},}`},
		"a name without a start is dropped":             {"[a]=1&=2&+=3&.=4", `{"_":"4",}`},
		"a name ends at an encoded NUL":                 {"a%00b=1&c[d%00]=2", `{"a":"1","c_d":"2",}`},
		"a text ends at a NUL":                          {"a=1&b=2\x003&c=4", `{"a":"1","b":"2",}`},
		"a percent sign that encodes nothing stays":     {"a=%&b=%1&c=%g0&d=%41", `{"a":"%","b":"%1","c":"%g0","d":"A",}`},
		"empty pairs are nothing":                       {"&&a=1&&", `{"a":"1",}`},
		"a semicolon separates nothing":                 {"a=1;b=2", `{"a":"1;b=2",}`},
		"a list of names that are numbers is a map":     {"0=a&1=b", `{"0":"a","1":"b",}`},
		"a guarded prefix made by mangling is dropped":  {"_.Host-a=1&__.Secure-b=2&_.Secure-b=3", `{"___Secure-b":"2",}`},
		"a guarded prefix that was there stays":         {"__Host-a=1&__Secure-b[c]=2", `{"__Host-a":"1","__Secure-b":{"c":"2",},}`},
		"a guarded prefix in brackets ends it":          {"a[__Host-b][c]=1", `{"a":{},}`},
		"what is no UTF-8 is taken byte for byte":       {"a=%ff", `{"a":"\xff",}`},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			v, err := flexquery.ParseStr(c.query)
			if err != nil {
				t.Fatal(err)
			}
			if got := show(v); got != c.want {
				t.Errorf("%q\n got %s\nwant %s", c.query, got, c.want)
			}
			if v.Kind() != flexquery.Map {
				t.Errorf("the whole is no map but %v", v.Kind())
			}
		})
	}
}

func TestParseStrIsBounded(t *testing.T) {
	t.Parallel()
	deep := func(n int) string { return "a" + strings.Repeat("[x]", n) + "=1" }
	many := func(n int) string { return strings.Repeat("a[]=1&", n) }
	for name, c := range map[string]struct {
		query string
		want  error
	}{
		"64 brackets are read":              {deep(flexquery.MaxDepth), nil},
		"65 are not":                        {deep(flexquery.MaxDepth + 1), flexquery.ErrTooDeep},
		"not even the 65th open":            {"a" + strings.Repeat("[x]", 64) + "[x=1", flexquery.ErrTooDeep},
		"a million brackets are not":        {deep(1_000_000), flexquery.ErrTooDeep},
		"1000 pairs are read":               {many(flexquery.MaxPairs), nil},
		"1001 are not":                      {many(flexquery.MaxPairs) + "b=1", flexquery.ErrTooManyPairs},
		"pairs that say nothing count too":  {strings.Repeat("=&", 1001), flexquery.ErrTooManyPairs},
		"empty pairs do not":                {strings.Repeat("&", 100_000), nil},
		"what is beyond the bound is found": {many(1000) + "[where]=1", flexquery.ErrTooManyPairs},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if v, err := flexquery.ParseStr(c.query); !errors.Is(err, c.want) || (err != nil && v.Len() > 0) {
				t.Errorf("got %v and %d elements, want %v", err, v.Len(), c.want)
			}
		})
	}
}

func TestListsAreToldFromMaps(t *testing.T) {
	t.Parallel()
	for query, want := range map[string]flexquery.Kind{
		"v[]=a&v[]=b":   flexquery.List,
		"v[0]=a&v[1]=b": flexquery.List,
		"v[1]=b&v[0]=a": flexquery.Map,
		"v[1]=b":        flexquery.Map,
		"v[x]=b":        flexquery.Map,
		"v=b":           flexquery.Text,
		"w=b":           flexquery.Null,
	} {
		v, err := flexquery.ParseStr(query)
		if got := v.Get("v").Kind(); err != nil || got != want {
			t.Errorf("%s is %v (%v), want %v", query, got, err, want)
		}
	}
}

func TestSwitches(t *testing.T) {
	t.Parallel()
	for query, want := range map[string]bool{
		"v=true": true, "v=TRUE": true, "v=1": true, "v=yes": true, "v=on": true, "v=abc": true,
		"v=false": false, "v=0": false, "v=off": false, "v=no": false, "v=": false, "": false, "v[]=true": false,
	} {
		v, err := flexquery.ParseStr(query)
		if got := v.Get("v").On(); err != nil || got != want {
			t.Errorf("%q is %v (%v), want %v", query, got, err, want)
		}
	}
}
