package jwt_test

import (
	"strings"
	"testing"
)

func TestVerifyRefusesOtherForms(t *testing.T) {
	t.Parallel()
	good := sealed(goodHeader, goodPayload)
	part := strings.Split(good, ".")
	const three, letters, canonical, signature = "three parts", "outside base64url", "not canonical", "signature"
	cases := map[string]struct{ raw, reason string }{
		"nothing":                          {"", three},
		"a bare link":                      {testLink, three},
		"two parts":                        {part[0] + "." + part[1], three},
		"four parts":                       {good + "." + part[2], three},
		"a dot at the end":                 {good + ".", three},
		"a dot in front":                   {"." + good, three},
		"an encrypted token":               {good + "." + part[1] + "." + part[2], three},
		"dots only":                        {strings.Repeat(".", 4096), three},
		"a million dots":                   {strings.Repeat(".", 1<<20), "too long"},
		"a little too long":                {sealed(goodHeader, padded(4097)), "too long"},
		"a megabyte":                       {sealed(goodHeader, strings.Replace(goodPayload, "cust1234", strings.Repeat("r", 1<<20), 1)), "too long"},
		"a line feed in the signature":     {good[:len(good)-5] + "\n" + good[len(good)-5:], letters},
		"a carriage return in it":          {good[:len(good)-5] + "\r" + good[len(good)-5:], letters},
		"a line feed at the end":           {good + "\n", letters},
		"a line feed in the payload":       {sealedParts(part[0], part[1][:8]+"\n"+part[1][8:]), letters},
		"a space in front":                 {" " + good, letters},
		"padding of the signature":         {good + "=", letters},
		"padding of the header":            {sealedParts(part[0]+"=", part[1]), letters},
		"the other alphabet":               {sealedParts(part[0], encoded(padded(200))+"+/"), letters},
		"percent-encoding":                 {strings.Replace(good, ".", "%2e", 1), three},
		"a NUL at the end":                 {good + "\x00", letters},
		"letters that are not ASCII":       {good + "é", letters},
		"trailing bits in the header":      {sealedParts(loosened(t, encoded(goodHeader)), part[1]), canonical},
		"trailing bits in the payload":     {sealedParts(part[0], loosened(t, encoded(goodPayload))), canonical},
		"trailing bits in the signature":   {part[0] + "." + part[1] + "." + loosened(t, part[2]), canonical},
		"one letter behind the signature":  {good + "A", signature},
		"no signature":                     {part[0] + "." + part[1] + ".", signature},
		"half a signature":                 {part[0] + "." + part[1] + "." + part[2][:22] + "", canonical + "|" + signature},
		"the signature of another payload": {part[0] + "." + encoded(strings.Replace(goodPayload, "1662913812", "4102444800", 1)) + "." + part[2], signature},
		"the signature of zeros":           {part[0] + "." + part[1] + "." + strings.Repeat("A", 43), signature},
		"JSON serialization":               {`{"payload":"` + part[1] + `","protected":"` + part[0] + `","signature":"` + part[2] + `"}`, three},
		"alg none without a signature":     {encoded(`{"alg":"none","kid":"k1"}`) + "." + part[1] + ".", "alg"},
	}
	ring := mustRing(t, testKey)
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			refused(t, ring, c.raw, c.reason)
		})
	}
	if _, err := ring.Verify(sealed(goodHeader, padded(4096))); err != nil {
		t.Errorf("the longest JWT is refused: %v", err)
	}
}

// padded is a good payload that makes a JWT of the given length.
func padded(length int) string {
	for n := max(0, length*3/4-250); ; n++ {
		p := strings.TrimSuffix(goodPayload, "}") + `,"x":"` + strings.Repeat("x", n) + `"}`
		if len(sealed(goodHeader, p)) >= length {
			return p
		}
	}
}

// loosened sets a bit that decodes to nothing.
func loosened(t *testing.T, part string) string {
	t.Helper()
	const letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
	last := strings.IndexByte(letters, part[len(part)-1])
	if len(part)%4 == 0 || last%2 != 0 {
		t.Fatalf("this part has no bits to spare: %d characters", len(part))
	}
	return part[:len(part)-1] + letters[last+1:last+2]
}
