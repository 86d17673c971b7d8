package admin_test

import (
	"encoding/base64"
	"encoding/json"
	"net/url"
	"strings"
	"testing"

	"github.com/linkgate/linkgate/store/storetest/corpora"
)

// verify compares a text of any bytes with a hash over the API.
func (a *api) verify(password, hash string) bool {
	a.t.Helper()
	id, secret, _ := strings.Cut(a.both, ".")
	form := url.Values{"token": {id}, "access_token": {secret}, "string": {password}, "hash": {hash}}
	r := a.do("POST", flex+"/verify-hash", form.Encode(), with("Content-Type", "application/x-www-form-urlencoded")).is(200)
	return r.json["verified"] == true
}

func TestVerifyHashGivesTheVerdictOfPHP(t *testing.T) {
	t.Parallel()
	var vectors struct {
		Pairs []struct {
			Name     string `json:"name"`
			Password string `json:"password_b64"`
			Hash     string `json:"hash"`
			Verify   bool   `json:"verify"`
		} `json:"pairs"`
	}
	if err := json.Unmarshal(corpora.Read(t, "vectors", "bcrypt.json"), &vectors); err != nil || len(vectors.Pairs) < 30 {
		t.Fatalf("%d pairs, %v", len(vectors.Pairs), err)
	}
	a := newAPI(t)
	for _, pair := range vectors.Pairs {
		password, err := base64.StdEncoding.DecodeString(pair.Password)
		if err != nil {
			t.Fatal(err)
		}
		if got := a.verify(string(password), pair.Hash); got != pair.Verify {
			t.Errorf("%s: %v", pair.Name, got)
		}
	}
}

// TestHashesOfOldProgramsAndTheirPasswords has what PHP 8.2's crypt made, with
// the salt of one of the test vectors of crypt_blowfish.
func TestHashesOfOldProgramsAndTheirPasswords(t *testing.T) {
	t.Parallel()
	a := newAPI(t)
	const salt = "$04$/OK.fbVrR/bpIqNJ5ianF."
	for _, c := range []struct{ name, password, right, old string }{
		{"one byte over 127", "\xa3", "zR25Qm6CVRsvf4Bqkn0H2bcEFOKb8qq", "79F7iyfPXU.AMPgYp2WOmvgKQ4Ez/5."},
		{"a byte that sets those before it", "\xff\xa3345", "ZgI8oGIrPrk3C2VsVZeWpiI/gDRxwKi", "PZmIKt.m7jAS2MaAgriAh2m0Mear0sG"},
		{"UTF-8", "é€", "r2MSPny7vV1D92diH7nUdk1Clu7HuPe", "tr4h5Kqct73PxqK9cGddI.kBy6GPF5O"},
		{"Latin-1 at the end", "abc\xe9", "JB3JvyQrx4wCJyGBt3IM5WxO/gNBY.2", "gpf4w1YZW8/5b4Yz7oFYUXU4IebTp5y"},
	} {
		for _, prefix := range []string{"$2y", "$2a", "$2b"} {
			if !a.verify(c.password, prefix+salt+c.right) || a.verify(c.password, prefix+salt+c.old) {
				t.Errorf("%s: %s is not what it should be", c.name, prefix)
			}
		}
		if a.verify(c.password, "$2x"+salt+c.right) || !a.verify(c.password, "$2x"+salt+c.old) {
			t.Errorf("%s: $2x is not what it should be", c.name)
		}
	}
}

// TestPHPGivesSomePasswordsAnotherHashUnder2a has what PHP 8.2's crypt made, as
// above: of passwords that opened accounts of others before 2011.
func TestPHPGivesSomePasswordsAnotherHashUnder2a(t *testing.T) {
	t.Parallel()
	a := newAPI(t)
	const salt = "$05$/OK.fbVrR/bpIqNJ5ianF."
	for _, c := range []struct{ name, password, right, guarded string }{
		{"high bytes behind all ones", "\xff\xff\xa3", "CE5elHaaO4EbggVDjb8P19RukzXSM3e", "nqd1wy.pTMdcvrRWxyiGL2eMz.2a85."},
		{"in the second word", "\xff\xa334\xff\xff\xff\xa3345", "o./n25XVfn6oAPaUvHe.Csk4zRfsYPi", "ZC1JEJ8Z4gPfpe1JOr/oyPXTWl9EFd."},
	} {
		for prefix, guarded := range map[string]bool{"$2y": false, "$2b": false, "$2x": false, "$2a": true} {
			if a.verify(c.password, prefix+salt+c.right) == guarded || a.verify(c.password, prefix+salt+c.guarded) != guarded {
				t.Errorf("%s: %s is not what it should be", c.name, prefix)
			}
		}
	}
}

func TestWhatPHPCutsIsCutAndWhatItMakesStrangeIsRefused(t *testing.T) {
	t.Parallel()
	a := newAPI(t)
	made := func(text string) string {
		return a.do("POST", flex+"/generate-hash", inBody(a.both, `,"string":`+jsonText(text))).is(200).json["hashed_token"].(string)
	}
	long := strings.Repeat("a", 72)
	hash := made(long)
	for password, want := range map[string]bool{long: true, long + "XXXX": true, long[1:]: false, "a\x00b": false} {
		if got := a.verify(password, hash); got != want {
			t.Errorf("%d bytes: %v", len(password), got)
		}
	}
	if a.verify("a\x00b", made("a")) {
		t.Error("a NUL ends a password")
	}
	// A salt whose last digit says more than bcrypt reads is not the same text.
	canonical := "$2y$04$abcdefghijklmnopqrstuu2r9OfJnfCsdneAXAGHnS4UpFFP8WIrW"
	if !a.verify("secret", canonical) || a.verify("secret", strings.Replace(canonical, "uu2r", "uv2r", 1)) {
		t.Error("a salt has two spellings")
	}
	// Costs that would keep the machine busy for seconds, or days, fit nothing.
	for _, cost := range []string{"15", "20", "31"} {
		if a.verify("secret", "$2y$"+cost+canonical[6:]) {
			t.Errorf("cost %s is accepted", cost)
		}
	}
}
