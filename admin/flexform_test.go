package admin_test

import (
	"encoding/json"
	"net/url"
	"strings"
	"testing"
)

func TestABodyMayBeUrlencoded(t *testing.T) {
	t.Parallel()
	a := newAPI(t)
	form := with("Content-Type", "application/x-www-form-urlencoded")
	id, secret, _ := strings.Cut(a.both, ".")
	login := url.Values{"token": {id}, "access_token": {secret}}.Encode()
	made := a.do("POST", flex, login+"&data[limit_calls]=5&data[scopes][]=read&data[title]=G%C3%B6&data[n]=5&data[l][]=a&data[l][]=b", form).is(200)
	r := a.flexEntry(a.both, made.json["token"].(string))
	if r.number("limit_calls") != 5 || r.json["title"] != "Gö" || r.json["n"] != "5" || !strings.Contains(r.text, `"l":["a","b"]`) || !strings.Contains(r.text, `"scopes":["read"]`) {
		t.Errorf("entry %s", r.text)
	}
	a.do("POST", flex, login+"&data[title]=%FF", form).is(422).names("data")
	a.do("POST", flex, login+"&data[limit_calls]=many", form).is(422).names("data.limit_calls")
	a.do("POST", flex, inBody(a.both, ""), form).is(200) // what curl -d sends
	a.do("POST", flex, login, with("Content-Type", "text/plain")).is(415)
	a.do("POST", flex, login, form, with("Content-Encoding", "gzip")).is(415)
	a.do("POST", flex+"/verify-hash", login+"&string=x&hash=y", form).is(200)
	a.do("POST", "/api/v1/token", simple, form, as(a.both)).is(415) // the other API reads JSON only
}

func TestAnIdThatIsTwiceInAUrlencodedBodyDeletesNothing(t *testing.T) {
	t.Parallel()
	a := newAPI(t)
	form := with("Content-Type", "application/x-www-form-urlencoded")
	id, secret, _ := strings.Cut(a.both, ".")
	login := "token=" + id + "&access_token=" + secret
	first, second := a.create(simple), a.create(simple)
	for _, again := range []string{"&id=", "&id=&id=", "&%69d=", "&+id="} {
		a.do("DELETE", flex, login+"&id="+first+again+second, form).is(422).names("id")
	}
	for _, name := range []string{"token", "access_token", "data", "string", "hash"} {
		a.do("POST", flex, name+"=x&"+name+"=y", form, as(a.both)).is(422).names(name)
	}
	for _, link := range []string{first, second} {
		a.do("DELETE", flex, login+"&id="+link, form).is(204) // it was there
	}
	// What PHP's forms do with a checkbox stays: the last counts.
	made := a.do("POST", flex, login+"&data[on]=0&data[on]=1", form).is(200)
	if r := a.flexEntry(a.both, made.json["token"].(string)); r.json["on"] != "1" {
		t.Errorf("entry %s", r.text)
	}
}

func TestABodyThatStartsWithABraceIsJSONWhateverItsLabel(t *testing.T) {
	t.Parallel()
	a := newAPI(t)
	body := inBody(a.both, `,"data":{"title":"T"}`)
	for _, kind := range []string{
		"application/x-www-form-urlencoded", "text/plain", "text/plain; charset=latin1", "application/octet-stream", "multipart/form-data; boundary=x", "?",
	} {
		for _, before := range []string{"", " ", "\r\n\t"} {
			made := a.do("POST", flex, before+body, with("Content-Type", kind)).is(200)
			if r := a.flexEntry(a.both, made.json["token"].(string)); r.json["title"] != "T" {
				t.Errorf("%s: %q before the brace: the data is lost: %s", kind, before, r.text)
			}
		}
	}
	a.do("POST", flex, body, with("Content-Type", "text/plain"), with("Content-Encoding", "gzip")).is(415)
	a.do("POST", flex, "["+body+"]", with("Content-Type", "text/plain"), as(a.both)).is(415)
	a.do("POST", flex, `{"token"`, with("Content-Type", "text/plain"), as(a.both)).is(400)
}

func TestErrorsAreInTheWordsOfBoth(t *testing.T) {
	t.Parallel()
	a := newAPI(t)
	for _, r := range []reply{
		a.do("POST", flex, "{").is(400), a.do("POST", flex, "{}").is(401), a.do("POST", flex, inBody(a.reader, "")).is(403),
		a.do("GET", flex+"?id=x", "", as(a.both)).is(404), a.do("PUT", flex, "").is(405), a.do("POST", flex, "<x/>", with("Content-Type", "text/xml")).is(415),
		a.do("POST", flex, strings.Repeat(" ", 70_000)).is(413), a.do("PATCH", flex, "{}", as(a.both)).is(422),
		a.do("POST", flex, inBody(a.both, `,"data":{"a":1,"a":2}`)).is(422),
	} {
		if r.json["message"] != r.json["detail"] || r.number("http_status_code") != int64(r.status) {
			t.Errorf("%d: %s", r.status, r.text)
		}
	}
}

// jsonText writes a text as JSON.
func jsonText(text string) string {
	out, err := json.Marshal(text)
	if err != nil {
		panic(err)
	}
	return string(out)
}
