package admin_test

import (
	"encoding/json"
	"fmt"
	"testing"
	"time"

	"github.com/linkgate/linkgate/store"
)

// itemMembers are the members of an item.
const itemMembers = "cnt config counter created exp expires iss link minutes rid state token url"

func TestReadShowsATokenByItsLinkAndByItsJWT(t *testing.T) {
	t.Parallel()
	a := newAPI(t)
	r := a.do("POST", "/api/v1/token", `{"config":["link","token"],"cnt":7,`+simple[1:], as(a.both)).is(200)
	link, token := r.json["link"].(string), r.json["token"].(string)
	a.do("GET", "/api/v1/token/validate/"+link+"?t=link", "", as(a.reader)).is(200)
	for _, target := range []string{link + "?t=link", token + "?t=jwt"} {
		page := a.do("GET", "/api/v1/token/"+target, "", as(a.reader)).is(200)
		if keysOf(page.json) != "items page size total" || page.number("total") != 1 || page.number("page") != 1 || page.number("size") != 50 {
			t.Errorf("page %s", page.text)
		}
		items := page.items()
		if len(items) != 1 || keysOf(items[0]) != itemMembers {
			t.Fatalf("items %v", items)
		}
		for name, want := range map[string]any{
			"rid": "cust1234", "url": "http://clever.com/mytag/", "iss": "cpg_sale50_off", "link": link, "token": token,
			"created": "2026-11-22T12:00:30.123456Z", "expires": "2026-11-23T12:00:30.123456Z",
			"exp":     json.Number(fmt.Sprint(time.Date(2026, 11, 23, 12, 0, 30, 0, time.UTC).Unix())),
			"minutes": json.Number("1440"), "counter": json.Number("1"), "cnt": json.Number("7"), "state": "enabled",
		} {
			if items[0][name] != want {
				t.Errorf("%s is %v, want %v", name, items[0][name], want)
			}
		}
	}
}

func TestReadShowsTheConfigThatWasAskedFor(t *testing.T) {
	t.Parallel()
	a := newAPI(t)
	for config, want := range map[string]string{
		``: "[link token]", `"config":[],`: "[]", `"config":["link","minutes","iss"],`: "[link minutes iss]",
	} {
		r := a.do("POST", "/api/v1/token", `{`+config+simple[1:], as(a.both)).is(200)
		link := r.json["url_link"].(string)[len("http://clever.com/mytag/"):]
		items := a.do("GET", "/api/v1/token/"+link+"?t=link", "", as(a.reader)).is(200).items()
		if got := fmt.Sprint(items[0]["config"]); got != want {
			t.Errorf("config %s, want %s", got, want)
		}
	}
}

func TestReadShowsNullForWhatATokenDoesNotHave(t *testing.T) {
	t.Parallel()
	a := newAPI(t)
	bare := a.keep(store.Token{}, 4)
	item := a.do("GET", "/api/v1/token/"+bare.Link+"?t=link", "", as(a.reader)).is(200).items()[0]
	if keysOf(item) != itemMembers {
		t.Errorf("members %s", keysOf(item))
	}
	for _, name := range []string{"rid", "url", "iss", "exp", "expires", "minutes", "token"} {
		if item[name] != nil {
			t.Errorf("%s is %v", name, item[name])
		}
	}
	if item["cnt"] != json.Number("-1") || item["counter"] != json.Number("4") || fmt.Sprint(item["config"]) != "[]" {
		t.Errorf("item %v", item)
	}
	end := a.clock().Add(time.Hour)
	for name, half := range map[string]store.Token{
		"no rid": {Expires: end}, "no end": {RID: "r"},
	} {
		kept := a.keep(half, 0)
		item := a.do("GET", "/api/v1/token/"+kept.Link+"?t=link", "", as(a.reader)).is(200).items()[0]
		if item["token"] != nil {
			t.Errorf("%s: a JWT %v", name, item["token"])
		}
	}
}

func TestReadIsAnEmptyListForWhatIsNotKnown(t *testing.T) {
	t.Parallel()
	a := newAPI(t)
	gone := a.do("POST", "/api/v1/token", simple, as(a.both)).is(200)
	a.do("DELETE", "/api/v1/token/"+gone.json["link"].(string), "", as(a.both)).is(200)
	link := a.create(simple)
	other, err := a.keys.Sign(store.Claims{Link: link, RID: "somebody else", Expires: a.clock().Add(time.Hour)})
	if err != nil {
		t.Fatal(err)
	}
	const seedJWT = "eyJ0eXAiOiJKV1QiLCJhbGciOiJIUzI1NiJ9.eyJyaWQiOiJjdXN0MTIzNCIsImV4cCI6MTY2MjkxMzgxMiwiX2lkIjoiNDg4NTFmMjZiNDM3NDk0ZmI0NjYxZGNkYjJjOGQwMDQifQ.nAdnSEVeqdnsItF8OBZ82cBHDZDysm1CWq6GLRcuxrQ"
	for name, target := range map[string]string{
		"an unknown link":             store.NewLink() + "?t=link",
		"a malformed link":            "nonsense?t=link",
		"a link in upper case":        "48851F26B437494FB4661DCDB2C8D004?t=link",
		"an unknown campaign":         "nothing?t=iss",
		"a campaign no one can have":  "a%00b?t=iss",
		"a campaign that is no text":  "%ff%fe?t=iss",
		"a link taken for a campaign": link + "?t=iss",
		"a campaign taken for a link": "cpg_sale50_off?t=link",
		"a link taken for a JWT":      link + "?t=jwt",
		"a deleted token's JWT":       gone.json["token"].(string) + "?t=jwt",
		"a JWT of other keys":         seedJWT + "?t=jwt",
		"a JWT with another rid":      other + "?t=jwt",
		"a JWT with a changed end":    gone.json["token"].(string)[:60] + "x?t=jwt",
	} {
		page := a.do("GET", "/api/v1/token/"+target, "", as(a.reader)).is(200)
		if len(page.items()) != 0 || page.number("total") != 0 {
			t.Errorf("%s: %s", name, page.text)
		}
	}
}

func TestReadShowsAnExpiredToken(t *testing.T) {
	t.Parallel()
	a := newAPI(t)
	r := a.do("POST", "/api/v1/token", simple, as(a.both)).is(200)
	a.wait(48 * time.Hour)
	page := a.do("GET", "/api/v1/token/"+r.json["token"].(string)+"?t=jwt", "", as(a.reader)).is(200)
	if len(page.items()) != 1 || page.items()[0]["token"] != r.json["token"] {
		t.Errorf("page %s", page.text)
	}
}
