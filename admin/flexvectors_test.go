package admin_test

import (
	"encoding/json"
	"fmt"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/linkgate/linkgate/store/storetest/corpora"
)

// TestTheAnswersOfFlextypeComeOverTheAPIToo keeps the records of the vectors as
// a client would, and asks as he would. That they can be kept at all was not so:
// they have a field named expires.
func TestTheAnswersOfFlextypeComeOverTheAPIToo(t *testing.T) {
	t.Parallel()
	var file struct {
		Records []json.RawMessage
		Cases   []struct {
			Name    string
			Options map[string]any
			Expect  []int64
		}
	}
	if err := json.Unmarshal(corpora.Read(t, "vectors", "flextype_filter.json"), &file); err != nil || len(file.Cases) < 100 {
		t.Fatalf("%d cases, %v", len(file.Cases), err)
	}
	a := newAPI(t)
	for _, record := range file.Records {
		a.wait(time.Second)
		made := idOf(a.flexCreate(a.both, string(record)))
		if shown := a.flexEntry(a.both, made).text; !strings.Contains(compact(t, shown), strings.Trim(compact(t, string(record)), "{}")) {
			t.Errorf("%s became %s", record, shown)
		}
	}
	for _, c := range file.Cases {
		pairs, ok := pairsOf("options[filter]", c.Options)
		if !ok || c.Options["limit"] == true { // no query string says so
			continue
		}
		// The credentials are records too.
		target := flex + "?" + where(99, "n", "gte", "0") + "&" + pairs
		if got := a.numbersOf(target); !slices.Equal(got, c.Expect) {
			t.Errorf("%s: %v, want %v", c.Name, got, c.Expect)
		}
	}
}

// compact is a JSON text without space between its parts.
func compact(t *testing.T, text string) string {
	t.Helper()
	value := json.RawMessage(text)
	out, err := json.Marshal(value)
	if err != nil {
		t.Fatalf("%v in %s", err, text)
	}
	return string(out)
}

// pairsOf are the pairs of a query string that say the same as a JSON value.
func pairsOf(name string, value any) (pairs string, ok bool) {
	var all []string
	add := func(key string, element any) bool {
		more, ok := pairsOf(name+"["+key+"]", element)
		all = append(all, more)
		return ok
	}
	switch value := value.(type) {
	case map[string]any:
		for key, element := range value {
			if !add(key, element) {
				return "", false
			}
		}
	case []any:
		for i, element := range value {
			if !add(fmt.Sprint(i), element) {
				return "", false
			}
		}
	default:
		return name + "=" + url.QueryEscape(fmt.Sprint(value)), true
	}
	return strings.Join(all, "&"), len(all) > 0 || name == "options[filter]"
}

// numbersOf are the fields n of the records in an answer.
func (a *api) numbersOf(target string) (numbers []int64) {
	a.t.Helper()
	r := a.do("GET", target, "", as(a.both))
	if r.status == 404 {
		return nil
	}
	text := r.is(200).text
	if text[0] == '{' {
		text = "[" + text + "]"
	}
	var list []struct{ N int64 }
	if err := json.Unmarshal([]byte(text), &list); err != nil {
		a.t.Fatalf("%v in %s", err, text)
	}
	for _, record := range list {
		numbers = append(numbers, record.N)
	}
	return numbers
}

func TestADateNamedExpiresIsAFieldOfOnesOwn(t *testing.T) {
	t.Parallel()
	a := newAPI(t)
	for _, date := range []string{"31-12-2021", "2022-01-15", "2022-06-30 12:00:00", "2024-02-29T10:00:00Z"} {
		made := idOf(a.flexCreate(a.both, `{"expires":"`+date+`","exp":5}`))
		r := a.do("PATCH", flex, inBody(a.both, `,"id":"`+made+`","data":{"expires":"2020-01-01"}`)).is(200)
		if r.json["expires"] != "2020-01-01" || r.number("expires_at") != a.clock().Unix()+300 {
			t.Errorf("%s: %s", date, r.text)
		}
		a.do("GET", "/api/v1/token/validate/"+made+"?t=link", "", as(a.both)).is(200) // it ends nothing
	}
	for _, other := range []string{`1650000000`, `"1650000000"`, `"@1650000000"`, `""`, `"x"`, `null`, `true`, `["2022-01-15"]`} {
		a.do("POST", flex, inBody(a.both, `,"data":{"expires":`+other+`}`)).is(422).names("data.expires")
	}
	// Where the name means the end of life, it is not to be had.
	link := a.create(simple)
	a.do("PATCH", "/api/v1/token/"+link, `{"data":{"expires":"2022-01-15"}}`, as(a.both)).is(422).names("data.expires")
}
