package admin_test

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"golang.org/x/crypto/bcrypt"

	"github.com/linkgate/linkgate/store"
)

// anywhere is a request that any reader may make.
const anywhere = "/api/v1/token/none?t=link"

func TestACredentialIsAcceptedInEachOfThreeHeaders(t *testing.T) {
	t.Parallel()
	a := newAPI(t)
	c := a.reader
	for name, options := range map[string][]option{
		"bearer":                 {with("Authorization", "Bearer "+c)},
		"bearer in lower case":   {with("Authorization", "bearer "+c)},
		"bearer in upper case":   {with("Authorization", "BEARER   "+c)},
		"RapidAPI":               {with("X-RapidAPI-Key", c), with("X-RapidAPI-Host", "token2go.p.rapidapi.com")},
		"API key":                {with("X-API-Key", c)},
		"the same in all":        {as(c), with("X-RapidAPI-Key", c), with("X-API-Key", c)},
		"the same twice":         {with("X-API-Key", c), with("X-API-Key", c)},
		"beside a Basic login":   {with("Authorization", "Basic dXNlcjpwYXNz"), with("X-API-Key", c)},
		"beside an empty header": {with("X-RapidAPI-Key", ""), as(c)},
	} {
		if r := a.do("GET", anywhere, "", options...); r.status != 200 {
			t.Errorf("%s is %d: %s", name, r.status, r.text)
		}
	}
}

func TestTwoDifferentCredentialsAre400(t *testing.T) {
	t.Parallel()
	a := newAPI(t)
	for name, options := range map[string][]option{
		"two good ones in two headers": {as(a.reader), with("X-API-Key", a.both)},
		"two good ones in one header":  {with("X-API-Key", a.reader), with("X-API-Key", a.both)},
		"two bearers":                  {as(a.reader), as(a.both)},
		"a good one and nonsense":      {as(a.reader), with("X-RapidAPI-Key", "x")},
		"one with two secrets":         {as(a.reader), with("X-API-Key", a.reader+"x")},
	} {
		if r := a.do("GET", anywhere, "", options...); r.status != 400 {
			t.Errorf("%s is %d: %s", name, r.status, r.text)
		}
	}
}

func TestNoOrAWrongCredentialIs401(t *testing.T) {
	t.Parallel()
	a := newAPI(t)
	id := idOf(a.reader)
	link := a.keep(store.Token{RID: "r"}, 0).Link
	forged := a.keep(store.Token{HashedAccessToken: "$2y$10$short", Scopes: []store.Scope{store.ScopeRead}}, 0).Link
	cases := map[string][]option{
		"none":                     nil,
		"an empty one":             {as("")},
		"only the scheme":          {with("Authorization", "Bearer")},
		"another scheme":           {with("Authorization", "Basic "+a.reader)},
		"no scheme":                {with("Authorization", a.reader)},
		"an id without a secret":   {as(id)},
		"an id with a point":       {as(id + ".")},
		"a secret without an id":   {as("." + testSecret)},
		"a wrong secret":           {as(id + ".wrong")},
		"a longer secret":          {as(a.reader + "x")},
		"a shorter secret":         {as(a.reader[:len(a.reader)-1])},
		"the secret in upper case": {as(id + "." + strings.ToUpper(testSecret))},
		"the hash for the secret":  {as(id + "." + testHash())},
		"an unknown id":            {as(store.NewLink() + "." + testSecret)},
		"an id in upper case":      {as(strings.ToUpper(id) + "." + testSecret)},
		"a plain link":             {as(link + "." + testSecret)},
		"a hash that is none":      {as(forged + "." + testSecret)},
		"another one's secret":     {as(a.credential(store.ScopeRead)[:32] + "." + "other")},
		"two in one value":         {with("X-API-Key", a.reader+", "+a.reader)},
		"in the query of this API": {func(q *http.Request) { q.URL.RawQuery += "&token=" + a.reader }},
	}
	for name, options := range cases {
		// Each from an address of its own: the budget of failures is another test.
		r := a.do("GET", anywhere, "", append(options, from("192.0.2."+itoa(len(name))+":1"))...)
		if r.status != 401 || r.header.Get("WWW-Authenticate") != "Bearer" {
			t.Errorf("%s is %d with %q", name, r.status, r.header.Get("WWW-Authenticate"))
		}
		if strings.Contains(r.text, id) || strings.Contains(r.text, testSecret) {
			t.Errorf("%s is said back: %s", name, r.text)
		}
	}
}

func TestASecretOver72BytesIsNoSecret(t *testing.T) {
	t.Parallel()
	a := newAPI(t)
	long := strings.Repeat("s", 72)
	hash, err := bcrypt.GenerateFromPassword([]byte(long), bcrypt.MinCost)
	if err != nil {
		t.Fatal(err)
	}
	id := a.keep(store.Token{HashedAccessToken: string(hash), Scopes: []store.Scope{store.ScopeRead}}, 0).Link
	a.do("GET", anywhere, "", as(id+"."+long)).is(200)
	a.do("GET", anywhere, "", as(id+"."+long+"x")).is(401)
}

func TestTheHashesOfTheSeedDocumentsAreAccepted(t *testing.T) {
	t.Parallel()
	a := newAPI(t)
	// PHP names the algorithm $2y$, others $2a$ and $2b$.
	for _, name := range []string{"$2y$", "$2a$", "$2b$"} {
		id := a.keep(store.Token{HashedAccessToken: name + testHash()[4:], Scopes: []store.Scope{store.ScopeRead}}, 0).Link
		a.do("GET", anywhere, "", as(id+"."+testSecret)).is(200)
	}
	id := a.keep(store.Token{HashedAccessToken: "$2x$" + testHash()[4:], Scopes: []store.Scope{store.ScopeRead}}, 0).Link
	a.do("GET", anywhere, "", as(id+"."+testSecret)).is(401)
}

func TestACredentialThatIsOverIsRefusedAndOnlyItsOwnerLearnsWhy(t *testing.T) {
	t.Parallel()
	cases := []struct {
		name    string
		token   store.Token
		counter int64
		status  int
		says    string
	}{
		{"disabled", store.Token{State: store.Disabled}, 0, 403, "disabled"},
		{"expired", store.Token{Expires: time.Date(2020, 1, 1, 0, 0, 0, 0, time.UTC)}, 0, 403, "expired"},
		{"used up", store.Token{Limit: 2}, 2, 429, "used up"},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			a := newAPI(t)
			c.token.HashedAccessToken, c.token.Scopes = testHash(), []store.Scope{store.ScopeRead}
			id := a.keep(c.token, c.counter).Link
			for range 2 { // the second time it is a credential seen lately
				a.do("GET", anywhere, "", as(id+"."+testSecret)).is(c.status).says(c.says)
			}
			a.do("GET", anywhere, "", as(id+".wrong")).is(401)
		})
	}
}

func TestCallsOfThisAPIAreNoUseOfTheCredential(t *testing.T) {
	t.Parallel()
	a := newAPI(t)
	id := a.keep(store.Token{HashedAccessToken: testHash(), Scopes: []store.Scope{store.ScopeRead}, Limit: 1}, 0).Link
	for range 3 {
		a.do("GET", anywhere, "", as(id+"."+testSecret)).is(200)
	}
	if got := a.record(id).Counter; got != 0 {
		t.Errorf("counter %d", got)
	}
}

// TestAChangeOfTheRecordHoldsForTheNextCall uses credentials that were good a
// moment ago.
func TestAChangeOfTheRecordHoldsForTheNextCall(t *testing.T) {
	t.Parallel()
	other, err := bcrypt.GenerateFromPassword([]byte("another secret"), bcrypt.MinCost)
	if err != nil {
		t.Fatal(err)
	}
	cases := []struct {
		name   string
		change func(*store.Token)
		status int
	}{
		{"another secret", func(t *store.Token) { t.HashedAccessToken = string(other) }, 401},
		{"another secret at the same instant", func(t *store.Token) { t.HashedAccessToken = string(other); t.Modified = t.Created }, 401},
		{"no secret", func(t *store.Token) { t.HashedAccessToken = "" }, 401},
		{"switched off", func(t *store.Token) { t.State = store.Disabled }, 403},
		{"a scope less", func(t *store.Token) { t.Scopes = []store.Scope{store.ScopeWrite} }, 403},
		{"no scope", func(t *store.Token) { t.Scopes = nil }, 403},
		{"a scope more", func(t *store.Token) { t.Scopes = []store.Scope{store.ScopeWrite, store.ScopeRead} }, 200},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			a := newAPI(t)
			a.do("GET", anywhere, "", as(a.reader)).is(200)
			if _, err := a.store.Update(t.Context(), idOf(a.reader), func(token *store.Token) error {
				token.Modified = token.Modified.Add(time.Microsecond)
				c.change(token)
				return nil
			}); err != nil {
				t.Fatal(err)
			}
			a.do("GET", anywhere, "", as(a.reader)).is(c.status)
		})
	}
	t.Run("deleted", func(t *testing.T) {
		t.Parallel()
		a := newAPI(t)
		a.do("GET", anywhere, "", as(a.both)).is(200)
		a.do("DELETE", "/api/v1/token/"+idOf(a.both), "", as(a.both)).is(200)
		a.do("GET", anywhere, "", as(a.both)).is(401)
	})
}
