package admin_test

import (
	"net/url"
	"testing"
	"time"

	"github.com/linkgate/linkgate/store"
)

func TestReadPagesThroughACampaign(t *testing.T) {
	t.Parallel()
	a := newAPI(t)
	issuer := "cam/paign ü?&#%"
	var links []string
	for i := range 53 {
		token := a.keep(store.Token{Issuer: issuer, Created: a.clock().Add(time.Duration(i) * time.Second)}, 0)
		links = append(links, token.Link)
	}
	a.keep(store.Token{Issuer: "cam"}, 0)
	at := "/api/v1/token/" + url.PathEscape(issuer) + "?t=iss"
	cases := []struct {
		query      string
		from, to   int
		page, size int64
	}{
		{"", 0, 50, 1, 50},
		{"&page=2", 50, 53, 2, 50},
		{"&page=3", 53, 53, 3, 50},
		{"&size=10&page=6", 50, 53, 6, 10},
		{"&size=1&page=53", 52, 53, 53, 1},
		{"&size=1000", 0, 53, 1, 1000},
		{"&page=9223372036854775807&size=1000", 53, 53, 9223372036854775807, 1000},
		{"&page=9007199254740993&size=1", 53, 53, 9007199254740993, 1},
	}
	for _, c := range cases {
		r := a.do("GET", at+c.query, "", as(a.reader)).is(200)
		if r.number("total") != 53 || r.number("page") != c.page || r.number("size") != c.size {
			t.Errorf("%q: %.200s", c.query, r.text)
		}
		items := r.items()
		if len(items) != c.to-c.from {
			t.Fatalf("%q: %d items, want %d", c.query, len(items), c.to-c.from)
		}
		for i, item := range items {
			if item["link"] != links[c.from+i] {
				t.Errorf("%q: item %d is out of order", c.query, i)
			}
		}
	}
	one := a.do("GET", "/api/v1/token/"+links[0]+"?t=link&page=2", "", as(a.reader)).is(200)
	if len(one.items()) != 0 || one.number("total") != 1 {
		t.Errorf("behind the one token: %s", one.text)
	}
}

func TestReadRefusesAQueryThatIsNotClear(t *testing.T) {
	t.Parallel()
	a := newAPI(t)
	link := a.create(simple)
	for query, field := range map[string]string{
		"": "t", "?t=": "t", "?t=links": "t", "?t=Link": "t", "?T=link": "t", "?t=link&t=link": "t", "?t=%00": "t",
		"?t=link&page=0": "page", "?t=link&page=-1": "page", "?t=link&page=": "page", "?t=link&page=1.0": "page", "?t=link&page=x": "page",
		"?t=link&page=%2B1": "page", "?t=link&page=1&page=1": "page", "?t=link&page=9223372036854775808": "page", "?t=link&page=1_0": "page",
		"?t=link&size=0": "size", "?t=link&size=1001": "size", "?t=link&size=-5": "size", "?t=link&size=": "size", "?t=link&size=2&size=3": "size",
		"?t=iss&size=1001": "size", "?t=jwt&page=0": "page",
	} {
		a.do("GET", "/api/v1/token/"+link+query, "", as(a.reader)).is(422).names(field)
	}
	for _, query := range []string{"?t=link&%zz", "?t=link;page=2", "?t=%f"} {
		a.do("GET", "/api/v1/token/"+link+query, "", as(a.reader)).is(400)
	}
	for _, path := range []string{"validate/", "explain/"} {
		for _, query := range []string{"", "?t=iss", "?t=link&t=jwt", "?t=LINK"} {
			a.do("GET", "/api/v1/token/"+path+link+query, "", as(a.reader)).is(422).names("t")
		}
		a.do("GET", "/api/v1/token/"+path+link+"?t=%zz", "", as(a.reader)).is(400)
	}
	if got := a.record(link).Counter; got != 0 {
		t.Errorf("%d uses were charged for refused requests", got)
	}
}
