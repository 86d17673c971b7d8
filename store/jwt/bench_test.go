package jwt_test

import (
	"encoding/base64"
	"strings"
	"testing"

	"github.com/linkgate/linkgate/store/jwt"
)

// What the gate does on each request that carries a token.
func BenchmarkVerify(b *testing.B) {
	ring := mustRing(b, testKey)
	b.Run("a token of ours for the first time", func(b *testing.B) {
		b.ReportAllocs()
		raw := mustSign(b, ring, testClaims)
		for b.Loop() {
			_, _ = mustRing(b, testKey).Verify(raw)
		}
	})
	for name, raw := range map[string]string{
		"a token of ours":    mustSign(b, ring, testClaims),
		"a foreign kid":      mustSign(b, mustRing(b, jwt.GenerateKey()), testClaims),
		"as long as allowed": strings.Repeat("A", 4<<10),
	} {
		b.Run(name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				_, _ = ring.Verify(raw)
			}
		})
	}
}

// What the gate does to each path segment and bearer token.
func BenchmarkCandidate(b *testing.B) {
	part := base64.RawURLEncoding.EncodeToString
	for name, raw := range map[string]string{
		"a token of ours":      mustSign(b, mustRing(b, testKey), testClaims),
		"a file name":          "jquery.min.js",
		"the upstream's token": part([]byte(`{"alg":"RS256","kid":"1"}`)) + "." + part([]byte(`{"iss":"https://id.example","sub":"`+strings.Repeat("u", 500)+`","exp":1}`)) + "." + strings.Repeat("s", 342),
		"junk of 16 KiB":       "eyJ" + strings.Repeat("A", 16<<10-5) + "..",
	} {
		b.Run(name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				_ = jwt.Candidate(raw)
			}
		})
	}
}
