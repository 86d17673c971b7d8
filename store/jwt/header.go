package jwt

import "github.com/linkgate/linkgate/store/strictjson"

// maxDepth is the deepest nesting in a header or payload.
const maxDepth = 8

// choose returns the secret of the key that a header names. The header can only
// pick among our keys: it has no say in the algorithm, and cannot bring or
// point to a key of its own. Whatever else it asks for (crit, b64, zip, …) is
// refused rather than ignored.
func (k *Keyring) choose(header []byte) (secret sealed, err error) {
	members, err := strictjson.ObjectDepth(header, maxDepth)
	if err != nil {
		return nil, errBadHeader
	}
	var alg, kid string
	for _, m := range members {
		text, isText := strictjson.String(m.Value)
		switch m.Name {
		case "typ":
			if text != "JWT" {
				return nil, errWrongType
			}
		case "alg":
			alg = text
		case "kid":
			kid = text
		case "cty":
			if !isText {
				return nil, errForeignHeader
			}
		default:
			return nil, errForeignHeader
		}
	}
	if alg != algorithm {
		return nil, errWrongAlgorithm
	}
	secret, ok := k.secrets[kid]
	if !ok {
		return nil, errUnknownKey
	}
	return secret, nil
}
