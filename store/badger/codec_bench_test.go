package badger

import (
	"testing"
	"time"

	"github.com/linkgate/linkgate/store"
)

// typicalToken is one as the API makes it.
func typicalToken() *store.Token {
	now := time.Date(2030, 1, 2, 3, 4, 5, 678901000, time.UTC)
	return &store.Token{
		Link: store.NewLink(), UUID: "6f1c2f0e-8d5f-4a49-9c37-0a4f2f6d2c11",
		RID: "customer-00000001", URL: "https://shop.example/landing", Issuer: "campaign-17",
		Expires: now.Add(time.Hour), Minutes: 60, Limit: 3, State: store.Enabled, Created: now, Modified: now,
		CreatedBy: "0b0f6f51-5d6b-4dc5-8f0a-2c1d6f9f1a34", Config: []string{"link", "token"},
	}
}

// BenchmarkDecodeToken is what a use pays that finds its token in the database
// only, beside the two lookups there.
func BenchmarkDecodeToken(b *testing.B) {
	body, err := encodeToken(typicalToken())
	if err != nil {
		b.Fatal(err)
	}
	b.ReportAllocs()
	for b.Loop() {
		if _, err := decodeToken(body); err != nil {
			b.Fatal(err)
		}
	}
}
