package jwt_test

import (
	"strings"
	"testing"
)

func TestVerifyRefusesPayloads(t *testing.T) {
	t.Parallel()
	const twice, other, errBadTime, errBadLink, errBadRID = "no strict JSON", "different case", "no time", "_id", "rid"
	exp := func(value string) string { return strings.Replace(goodPayload, "1662913812", value, 1) }
	rid := func(value string) string { return strings.Replace(goodPayload, `"cust1234"`, value, 1) }
	id := func(value string) string { return strings.Replace(goodPayload, `"`+testLink+`"`, value, 1) }
	and := func(claims string) string { return strings.TrimSuffix(goodPayload, "}") + `,` + claims + `}` }
	cases := map[string]struct{ payload, reason string }{
		"exp missing":                 {`{"rid":"cust1234","_id":"` + testLink + `"}`, "no exp"},
		"exp zero":                    {exp(`0`), errBadTime},
		"exp minus zero":              {exp(`-0`), errBadTime},
		"exp negative":                {exp(`-1`), errBadTime},
		"exp in the year 10000":       {exp(`253402300800`), errBadTime},
		"exp of 1e18 in digits":       {exp(`1000000000000000000`), errBadTime},
		"exp of 2^63":                 {exp(`9223372036854775808`), errBadTime},
		"exp of 1e300":                {exp(`1e300`), errBadTime},
		"exp with an exponent":        {exp(`4e9`), errBadTime},
		"exp with a point":            {exp(`4102444800.0`), errBadTime},
		"exp with a fraction":         {exp(`4102444800.999`), errBadTime},
		"exp as text":                 {exp(`"4102444800"`), errBadTime},
		"exp null":                    {exp(`null`), errBadTime},
		"exp true":                    {exp(`true`), errBadTime},
		"exp as a list":               {exp(`[4102444800]`), errBadTime},
		"exp twice":                   {and(`"exp":4102444800`), twice},
		"exp twice, once escaped":     {and(`"\u0065xp":4102444800`), twice},
		"EXP beside exp":              {and(`"EXP":4102444800`), other},
		"Exp alone":                   {strings.Replace(goodPayload, `"exp"`, `"Exp"`, 1), other},
		"RID beside rid":              {and(`"RID":"other"`), other},
		"_ID beside _id":              {and(`"_ID":"00000000000000000000000000000000"`), other},
		"_Id alone":                   {strings.Replace(goodPayload, `"_id"`, `"_Id"`, 1), other},
		"NBF":                         {and(`"NBF":1`), other},
		"IAT":                         {and(`"iAt":1`), other},
		"iss with a long s":           {and(`"is` + "ſ" + `":"x"`), other},
		"sub with an escaped long s":  {and(`"\u017fub":"x"`), other},
		"nbf null":                    {and(`"nbf":null`), errBadTime},
		"nbf as text":                 {and(`"nbf":"1"`), errBadTime},
		"nbf with a fraction":         {and(`"nbf":1.5`), errBadTime},
		"nbf zero":                    {and(`"nbf":0`), errBadTime},
		"nbf of 1e18":                 {and(`"nbf":1000000000000000000`), errBadTime},
		"iat null":                    {and(`"iat":null`), errBadTime},
		"iat negative":                {and(`"iat":-5`), errBadTime},
		"_id missing":                 {`{"rid":"cust1234","exp":1662913812}`, errBadLink},
		"_id null":                    {id(`null`), errBadLink},
		"_id empty":                   {id(`""`), errBadLink},
		"_id in upper case":           {id(`"` + strings.ToUpper(testLink) + `"`), errBadLink},
		"_id too short":               {id(`"` + testLink[1:] + `"`), errBadLink},
		"_id too long":                {id(`"` + testLink + `0"`), errBadLink},
		"_id as a path":               {id(`"../../../../etc/passwd0000000000"`), errBadLink},
		"_id as a number":             {id(`48851`), errBadLink},
		"_id twice":                   {and(`"_id":"` + testLink + `"`), twice},
		"rid missing":                 {`{"exp":1662913812,"_id":"` + testLink + `"}`, errBadRID},
		"rid null":                    {rid(`null`), errBadRID},
		"rid empty":                   {rid(`""`), errBadRID},
		"rid as a number":             {rid(`1`), errBadRID},
		"rid too long":                {rid(`"` + strings.Repeat("r", 257) + `"`), errBadRID},
		"rid too long in bytes":       {rid(`"` + strings.Repeat("é", 129) + `"`), errBadRID},
		"rid that splits a header":    {rid(`"a\r\nX-Linkgate-Rid: b"`), errBadRID},
		"rid with a NUL":              {rid(`"a\u0000"`), errBadRID},
		"rid with a DEL":              {rid(`"a\u007f"`), errBadRID},
		"rid with invalid UTF-8":      {rid("\"\xff\""), twice},
		"rid with half a pair":        {rid(`"\ud800"`), twice},
		"something behind":            {goodPayload + `{}`, twice},
		"no object":                   {`[` + goodPayload + `]`, twice},
		"text":                        {`"` + testLink + `"`, twice},
		"null":                        {`null`, twice},
		"nothing, as if detached":     {``, twice},
		"a claim nested too deep":     {and(`"x":[[[[[[[[]]]]]]]]`), twice},
		"a repeat deep in a claim":    {and(`"x":[{"y":1,"y":1}]`), twice},
		"a byte order mark":           {"\xef\xbb\xbf" + goodPayload, twice},
		"a raw line break in a claim": {and("\"x\":\"\n\""), twice},
	}
	ring := mustRing(t, testKey)
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			refused(t, ring, sealed(goodHeader, c.payload), c.reason)
		})
	}
}
