package admin

import "strings"

// A generated is a new secret, or id: they look alike.
type generated struct {
	Token string `json:"token" doc:"32 random hexadecimal digits. Nothing is stored."`
}

// A hashed is the hash of a text.
type hashed struct {
	HashedToken string `json:"hashed_token" doc:"The bcrypt hash of the string."`
}

// A verified is what became of a comparison.
type verified struct {
	Verified bool `json:"verified" doc:"Whether the hash is one of the string."`
}

// readGenerate reads a call for a secret.
func readGenerate(*Handler, *flexCall) (flexAction, error) {
	return func() (any, error) { return generated{newSecret()}, nil }, nil
}

// readGenerateHash reads a call for a hash. What bcrypt would cut off is
// refused: the hash would be one of other texts as well.
func readGenerateHash(h *Handler, f *flexCall) (flexAction, error) {
	text, err := f.body.text("string")
	switch {
	case err != nil:
		return nil, err
	case len(text) > maxSecret:
		return nil, wrong("string", "must not be over 72 bytes, of which bcrypt sees no more")
	case strings.Contains(text, "\x00"):
		return nil, wrong("string", "must not contain a NUL, at which some bcrypts end")
	}
	return func() (any, error) {
		var out hashed
		err := h.verifier.work(f.Context(), func() (err error) {
			out.HashedToken, err = hashSecret(text, h.verifier.cost)
			return err
		})
		return out, err
	}, nil
}

// readVerifyHash reads a comparison of a string with a hash. A hash that is
// none is one of no string.
func readVerifyHash(h *Handler, f *flexCall) (flexAction, error) {
	text, err := f.body.text("string")
	if err != nil {
		return nil, err
	}
	hash, err := f.body.text("hash")
	if err != nil {
		return nil, err
	}
	return func() (any, error) {
		var out verified
		if !anyHashForm.MatchString(hash) || strings.Contains(text, "\x00") {
			return out, nil
		}
		err := h.verifier.work(f.Context(), func() error {
			out.Verified = compareSecret(hash, text)
			return nil
		})
		return out, err
	}, nil
}
