package admin_test

import (
	"encoding/json"
	"strings"
	"testing"
)

// What a name may be is a matter of bytes and control characters only.
func TestANameMayHoldAnyCharacterThatIsNoControl(t *testing.T) {
	t.Parallel()
	a := newAPI(t)
	for _, name := range []string{`a\u2028b`, `\u2029test\u2029`, `\u00a0`, `\u200e\ufeff`, ` `, `../`, `\ud83d\ude00`, strings.Repeat(`\u00e9`, 128)} {
		r := a.do("POST", "/api/v1/token", `{"rid":"`+name+`","iss":"`+name+`","url":"http://h/","exp":5,"config":["rid","iss"]}`, as(a.both))
		var want string
		if err := json.Unmarshal([]byte(`"`+name+`"`), &want); err != nil {
			t.Fatal(err)
		}
		if r.status != 200 || r.json["rid"] != want || r.json["iss"] != want {
			t.Errorf("%q is %d %v", name, r.status, r.json)
		}
	}
}
