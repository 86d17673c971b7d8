package caddymodule

import (
	"strings"
	"testing"
)

func TestSecretsAreResolvedAndNeverQuoted(t *testing.T) {
	t.Setenv("LINKGATE_TEST_SECRET", "from the environment")
	tests := map[string]struct {
		text, secret string
		literal      bool
		names        string
	}{
		"a literal":                    {text: "plain", secret: "plain", literal: true},
		"a placeholder":                {text: "{env.LINKGATE_TEST_SECRET}", secret: "from the environment"},
		"a placeholder that is empty":  {text: "{env.LINKGATE_TEST_NOT_SET}", names: "LINKGATE_TEST_NOT_SET"},
		"a literal with braces":        {text: "s3cr3t{braces}", names: "placeholder"},
		"a literal that is all braces": {text: "{s3cr3t}", names: "placeholder"},
		"two placeholders, one empty":  {text: "{env.LINKGATE_TEST_SECRET}{env.s3cr3t}", names: "placeholder"},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			secret, literal, err := resolveSecret(tt.text)
			if secret != tt.secret || literal != tt.literal || (err == nil) != (tt.names == "") {
				t.Fatalf("got %q, %v, %v", secret, literal, err)
			}
			if err != nil && (!strings.Contains(err.Error(), tt.names) || strings.Contains(err.Error(), "s3cr3t") || strings.Contains(err.Error(), "braces")) {
				t.Errorf("the error says %q", err)
			}
		})
	}
}
