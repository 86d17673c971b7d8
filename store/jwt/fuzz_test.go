package jwt_test

import (
	"encoding/json"
	"errors"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/linkgate/linkgate/store"
	"github.com/linkgate/linkgate/store/jwt"
)

// FuzzVerify presents anything at all: what verifies has to be what a signer
// with the key would have written, letter for letter.
func FuzzVerify(f *testing.F) {
	good := sealed(goodHeader, goodPayload)
	for _, seed := range []string{
		good, good + "=", good + "\n", good[:len(good)-1], strings.ToUpper(good), seedTokens[0].raw, testLink, "..", "", "eyJ.eyJ.",
		sealed(`{"alg":"none","kid":"k1"}`, goodPayload), encoded(goodHeader) + "." + encoded(goodPayload) + ".",
	} {
		f.Add(seed)
	}
	ring := mustRing(f, testKey)
	f.Fuzz(func(t *testing.T, raw string) {
		claims, err := ring.Verify(raw)
		if err != nil {
			if !errors.Is(err, jwt.ErrInvalid) || claims != (store.Claims{}) {
				t.Errorf("refused with %+v, %v", claims, err)
			}
			return
		}
		part := strings.Split(raw, ".")
		if len(part) != 3 || raw != sealedParts(part[0], part[1]) {
			t.Errorf("%q verifies and is not signed", raw)
		}
		if !jwt.Candidate(raw) {
			t.Errorf("%q verifies and is no candidate", raw)
		}
	})
}

// FuzzGuard signs anything with the right key: what gets past the guard has to
// mean the same to the most generous reader there is.
func FuzzGuard(f *testing.F) {
	for _, seed := range [][2]string{
		{goodHeader, goodPayload},
		{`{"alg":"HS256","kid":"k1","cty":"x"}`, `{"rid":"a","exp":1,"_id":"` + testLink + `","nbf":2,"iat":3,"x":[{}]}`},
		{`{"alg":"HS256","ALG":"none","kid":"k1"}`, `{"rid":"a","RID":"b","exp":1,"_id":"` + testLink + `"}`},
		{`{"crit":["exp"],"alg":"HS256","kid":"k1"}`, `{"rid":"a","exp":1,"exp":2,"_id":"` + testLink + `"}`},
		{" {\"alg\":\"HS256\",\"kid\":\"k1\"}\n", `{"rid":"\u0061","exp":1,"\u005fid":"` + testLink + `","` + "ı" + `at":"x"}`},
	} {
		f.Add(seed[0], seed[1])
	}
	ring := mustRing(f, testKey)
	f.Fuzz(func(t *testing.T, header, payload string) {
		raw := sealed(header, payload)
		claims, err := ring.Verify(raw)
		if err != nil {
			return
		}
		if !utf8.ValidString(header) || !utf8.ValidString(payload) || len(raw) > 4096 {
			t.Error("the guard let through what is no text, or too long")
		}
		if !jwt.Candidate(raw) {
			t.Error("it verifies and is no candidate")
		}
		var h map[string]string
		if err := json.Unmarshal([]byte(header), &h); err != nil || h["alg"] != "HS256" || h["kid"] != "k1" {
			t.Errorf("the header says %v, %v", h, err)
		}
		for name := range h {
			if !strings.Contains(" typ alg kid cty ", " "+name+" ") {
				t.Errorf("the header has %q", name)
			}
		}
		var p struct {
			ID  string `json:"_id"`
			RID string `json:"rid"`
			Exp int64  `json:"exp"`
			Nbf int64  `json:"nbf"`
			Iat int64  `json:"iat"`
		}
		if err := json.Unmarshal([]byte(payload), &p); err != nil {
			t.Fatalf("encoding/json: %v", err)
		}
		nbf := int64(0)
		if !claims.NotBefore.IsZero() {
			nbf = claims.NotBefore.Unix()
		}
		if p.ID != claims.Link || p.RID != claims.RID || p.Exp != claims.Expires.Unix() || p.Nbf != nbf {
			t.Errorf("we read %+v, encoding/json reads %+v", claims, p)
		}
		if !store.ValidLink(p.ID) || strings.ContainsAny(p.RID, "\r\n\x00") || p.Exp <= 0 || p.Nbf < 0 || p.Iat < 0 {
			t.Errorf("the guard let through %+v", p)
		}
	})
}

// FuzzCandidate compares with a plain reading of the contract.
func FuzzCandidate(f *testing.F) {
	for _, seed := range []string{
		sealed(goodHeader, goodPayload), seedTokens[1].raw, "jquery.min.js", "eyJ.eyJ.", testLink, "",
		encoded(`{}`) + "." + encoded(`{"\u005fid":1}`) + ".", encoded(" {}") + "." + encoded(`{"a":{"_id":1}}`) + ".x", encoded(`{}`) + "=.." + encoded(`{}`),
	} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, raw string) {
		if got, want := jwt.Candidate(raw), plainCandidate(raw); got != want {
			t.Errorf("%q: got %v, want %v", raw, got, want)
		}
	})
}

func plainCandidate(raw string) bool {
	part := strings.Split(raw, ".")
	if len(part) != 3 || len(raw) > 16<<10 {
		return false
	}
	var object [2]map[string]json.RawMessage
	for i, p := range part[:2] {
		text, ok := jwt.DecodeLoosely(p)
		if !ok || json.Unmarshal(text, &object[i]) != nil || object[i] == nil {
			return false
		}
	}
	_, ok := object[1]["_id"]
	return ok
}
