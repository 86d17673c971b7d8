package caddymodule

import (
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"strings"

	"github.com/caddyserver/caddy/v2"
)

// inConfiguration ends the warning about a secret that anyone can read who may
// see the configuration.
const inConfiguration = ": the secret stands in the configuration, which Caddy's admin endpoint shows; use {env.*} or {file.*}"

var errPlaceholder = errors.New("a placeholder in the secret is unknown or empty")

// resolveSecret replaces the placeholders of a secret, and reports whether it
// had none. An error names the placeholder only where there is nothing else:
// braces may be part of a secret, and what is between them too.
func resolveSecret(text string) (secret string, literal bool, err error) {
	secret, err = caddy.NewReplacer().ReplaceOrErr(text, true, true)
	if err == nil {
		return secret, secret == text, nil
	}
	if name, ok := strings.CutPrefix(text, "{"); ok && strings.HasSuffix(name, "}") && strings.Count(text, "{") == 1 {
		if strings.HasPrefix(name, "env.") || strings.HasPrefix(name, "file.") {
			return "", false, err
		}
	}
	return "", false, errPlaceholder
}

// markKey makes the marks of secrets worth nothing outside this process.
var markKey = func() (key [32]byte) {
	_, _ = rand.Read(key[:]) // never fails: it ends the process instead
	return key
}()

// secretMark tells a secret from another one in this process, and says nothing
// about it.
func secretMark(secret string) string {
	mac := hmac.New(sha256.New, markKey[:])
	mac.Write([]byte(secret))
	return hex.EncodeToString(mac.Sum(nil)[:4])
}
