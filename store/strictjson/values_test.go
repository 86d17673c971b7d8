package strictjson_test

import (
	"encoding/json"
	"math"
	"testing"

	"github.com/linkgate/linkgate/store/strictjson"
)

func TestString(t *testing.T) {
	t.Parallel()
	for value, want := range map[string]string{
		`""`: "", `"a"`: "a", `"\u0000"`: "\x00", `"\"\\\/\b\f\n\r\t"`: "\"\\/\b\f\n\r\t", `"\ud83d\ude00"`: "😀", `"ü"`: "ü",
	} {
		if got, ok := strictjson.String(json.RawMessage(value)); !ok || got != want {
			t.Errorf("%s: %q, %v", value, got, ok)
		}
	}
	for _, value := range []string{``, `"`, `null`, `1`, `["a"]`, `{}`, `true`, `"a" `, ` "a"`, `"a""`, `"\ud800"`, "\"\xff\"", `"\"`} {
		if got, ok := strictjson.String(json.RawMessage(value)); ok {
			t.Errorf("%s is no string, but %q", value, got)
		}
	}
}

func TestInteger(t *testing.T) {
	t.Parallel()
	for value, want := range map[string]int64{
		"0": 0, "-0": 0, "1": 1, "-1": -1, "4102444800": 4102444800,
		"9223372036854775807": math.MaxInt64, "-9223372036854775808": math.MinInt64,
	} {
		if got, ok := strictjson.Integer(json.RawMessage(value)); !ok || got != want {
			t.Errorf("%s: %d, %v", value, got, ok)
		}
	}
	for _, value := range []string{
		"", "-", "+1", "01", "-01", "1.0", "1e3", "1E3", "1.", ".1", `"1"`, "null", "true", "[1]", "{}", " 1", "1 ", "1_0", "0x1", "١",
		"9223372036854775808", "-9223372036854775809", "100000000000000000000000000000000",
	} {
		if got, ok := strictjson.Integer(json.RawMessage(value)); ok {
			t.Errorf("%s is no integer literal, but %d", value, got)
		}
	}
}

func TestIsNull(t *testing.T) {
	t.Parallel()
	if !strictjson.IsNull(json.RawMessage("null")) {
		t.Error("null is not null")
	}
	for _, value := range []string{"", "0", `"null"`, "NULL", "{}", "nul"} {
		if strictjson.IsNull(json.RawMessage(value)) {
			t.Errorf("%s is null", value)
		}
	}
}
