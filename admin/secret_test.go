package admin

import (
	"errors"
	"testing"
)

func TestANewHashIsOfTheFormThatIsAccepted(t *testing.T) {
	t.Parallel()
	hash, err := hashSecret("secret", hashCost)
	if err != nil || hash[:7] != "$2y$10$" || !hashForm.MatchString(hash) {
		t.Fatalf("hash %q, %v", hash, err)
	}
	if !compareSecret(hash, "secret") || compareSecret(hash, "Secret") {
		t.Error("the hash does not tell right from wrong")
	}
	if _, err := hashSecret(string(make([]byte, maxSecret+1)), hashCost); !errors.Is(err, errSecretTooLong) {
		t.Errorf("a long secret: %v", err)
	}
}
