package jwt

import "errors"

// ErrInvalid is wrapped by every refusal of [Keyring.Verify]. Its text goes on
// with a reason that may be logged for debugging: it quotes nothing of the
// token. To whoever presented the token all refusals should look alike.
var ErrInvalid = errors.New("jwt is not valid")

// A refusal is the reason behind an ErrInvalid. Refusals are constants, so that
// turning away a flood of bad tokens allocates nothing for them.
type refusal string

const (
	errTooLong         refusal = "it is too long"
	errNotThreeParts   refusal = "it has not exactly three parts"
	errBadCharacter    refusal = "a part has a character outside base64url"
	errNotCanonical    refusal = "a part is not canonical base64url"
	errBadHeader       refusal = "its header is no strict JSON object"
	errForeignHeader   refusal = "its header has a member that is not allowed"
	errWrongType       refusal = "its typ is not JWT"
	errWrongAlgorithm  refusal = "its alg is not that of the key"
	errUnknownKey      refusal = "its kid is missing or unknown"
	errBadPayload      refusal = "its payload is no strict JSON object"
	errMisspeltClaim   refusal = "a claim has the name of another in a different case"
	errBadTime         refusal = "exp, nbf or iat is no time"
	errNoExpiry        refusal = "it has no exp"
	errBadLink         refusal = "its _id is missing or no link"
	errBadRID          refusal = "its rid is missing or malformed"
	errWrongSignature  refusal = "its signature does not verify"
	errUnreadableByLib refusal = "it is refused by the library"
)

// Error implements error.
func (r refusal) Error() string { return ErrInvalid.Error() + ": " + string(r) }

// Unwrap makes every refusal an ErrInvalid.
func (r refusal) Unwrap() error { return ErrInvalid }
