package caddymodule

import (
	"strings"
	"testing"

	"github.com/linkgate/linkgate/store"
)

// A configuration in JSON meets no Caddyfile parser. An empty campaign would
// let every token in that has none.
func TestAGateRefusesACampaignThatNoTokenCanName(t *testing.T) {
	t.Parallel()
	longest := strings.Repeat("a", store.MaxName)
	tests := map[string]struct {
		issuers []string
		refused bool
	}{
		"none, for any":         {issuers: nil},
		"two":                   {issuers: []string{"spring", "summer"}},
		"two that differ":       {issuers: []string{"spring", "Spring"}},
		"the longest":           {issuers: []string{longest}},
		"one that is too long":  {issuers: []string{longest + "a"}, refused: true},
		"an empty one":          {issuers: []string{""}, refused: true},
		"an empty one, among":   {issuers: []string{"spring", ""}, refused: true},
		"one that is repeated":  {issuers: []string{"spring", "summer", "spring"}, refused: true},
		"one that is a blank":   {issuers: []string{" "}},
		"one that is no letter": {issuers: []string{"50%_off"}},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			err := (&Gate{Issuers: tt.issuers}).setDefaults()
			if (err != nil) != tt.refused {
				t.Errorf("got %v", err)
			}
		})
	}
}
