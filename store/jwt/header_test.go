package jwt_test

import (
	"testing"
)

// The headers are signed with the right key: only the guard can refuse them.
func TestVerifyRefusesHeaders(t *testing.T) {
	t.Parallel()
	const foreign, alg, kid, bad = "member that is not allowed", "alg", "kid", "no strict JSON"
	cases := map[string]struct{ header, reason string }{
		"alg none":                         {`{"alg":"none","kid":"k1"}`, alg},
		"alg None":                         {`{"alg":"None","kid":"k1"}`, alg},
		"alg in lower case":                {`{"alg":"hs256","kid":"k1"}`, alg},
		"alg HS384":                        {`{"alg":"HS384","kid":"k1"}`, alg},
		"alg HS512":                        {`{"alg":"HS512","kid":"k1"}`, alg},
		"alg of a public key":              {`{"alg":"RS256","kid":"k1"}`, alg},
		"alg of a curve":                   {`{"alg":"ES256","kid":"k1"}`, alg},
		"alg EdDSA":                        {`{"alg":"EdDSA","kid":"k1"}`, alg},
		"alg empty":                        {`{"alg":"","kid":"k1"}`, alg},
		"alg null":                         {`{"alg":null,"kid":"k1"}`, alg},
		"alg as a list":                    {`{"alg":["HS256"],"kid":"k1"}`, alg},
		"alg missing":                      {`{"typ":"JWT","kid":"k1"}`, alg},
		"alg twice":                        {`{"alg":"none","alg":"HS256","kid":"k1"}`, bad},
		"alg twice, once escaped":          {`{"alg":"none","\u0061lg":"HS256","kid":"k1"}`, bad},
		"ALG beside alg":                   {`{"alg":"HS256","ALG":"none","kid":"k1"}`, foreign},
		"ALG alone":                        {`{"ALG":"HS256","kid":"k1"}`, foreign},
		"KID beside kid":                   {`{"alg":"HS256","kid":"k1","KID":"k2"}`, foreign},
		"kid twice":                        {`{"alg":"HS256","kid":"k1","kid":"k2"}`, bad},
		"kid missing":                      {`{"typ":"JWT","alg":"HS256"}`, kid},
		"kid empty":                        {`{"alg":"HS256","kid":""}`, kid},
		"kid null":                         {`{"alg":"HS256","kid":null}`, kid},
		"kid in other case":                {`{"alg":"HS256","kid":"K1"}`, kid},
		"kid with a space":                 {`{"alg":"HS256","kid":"k1 "}`, kid},
		"kid with a NUL":                   {`{"alg":"HS256","kid":"k1\u0000"}`, kid},
		"kid as a path":                    {`{"alg":"HS256","kid":"../../dev/null"}`, kid},
		"kid as a list":                    {`{"alg":"HS256","kid":["k1"]}`, kid},
		"crit unknown":                     {`{"alg":"HS256","kid":"k1","crit":["foo"],"foo":1}`, foreign},
		"crit empty":                       {`{"alg":"HS256","kid":"k1","crit":[]}`, foreign},
		"crit b64":                         {`{"alg":"HS256","kid":"k1","b64":false,"crit":["b64"]}`, foreign},
		"b64 alone":                        {`{"alg":"HS256","kid":"k1","b64":true}`, foreign},
		"zip":                              {`{"alg":"HS256","kid":"k1","zip":"DEF"}`, foreign},
		"jku":                              {`{"alg":"HS256","kid":"k1","jku":"https://evil.example/jwks"}`, foreign},
		"x5u":                              {`{"alg":"HS256","kid":"k1","x5u":"https://evil.example/"}`, foreign},
		"x5c":                              {`{"alg":"HS256","kid":"k1","x5c":[]}`, foreign},
		"jwk":                              {`{"alg":"HS256","kid":"k1","jwk":{"kty":"oct","k":"AAAA"}}`, foreign},
		"nonce":                            {`{"alg":"HS256","kid":"k1","nonce":"1"}`, foreign},
		"enc":                              {`{"alg":"HS256","kid":"k1","enc":"A128GCM"}`, foreign},
		"any other member":                 {`{"alg":"HS256","kid":"k1","":1}`, foreign},
		"typ of something else":            {`{"typ":"at+jwt","alg":"HS256","kid":"k1"}`, "typ"},
		"typ in lower case":                {`{"typ":"jwt","alg":"HS256","kid":"k1"}`, "typ"},
		"typ null":                         {`{"typ":null,"alg":"HS256","kid":"k1"}`, "typ"},
		"TYP":                              {`{"TYP":"JWT","alg":"HS256","kid":"k1"}`, foreign},
		"cty that is no text":              {`{"cty":{},"alg":"HS256","kid":"k1"}`, foreign},
		"something behind the header":      {goodHeader + `x`, bad},
		"two headers":                      {goodHeader + goodHeader, bad},
		"a list":                           {`[` + goodHeader + `]`, bad},
		"an empty header":                  {``, bad},
		"invalid UTF-8":                    {"{\"alg\":\"HS256\",\"kid\":\"k1\",\"cty\":\"\xff\"}", bad},
		"a header that is nested too deep": {`{"alg":"HS256","kid":"k1","cty":[[[[[[[[]]]]]]]]}`, bad},
	}
	ring := mustRing(t, testKey)
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			refused(t, ring, sealed(c.header, goodPayload), c.reason)
		})
	}
}
