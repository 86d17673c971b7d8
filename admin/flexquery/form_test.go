package flexquery

import (
	"strings"
	"testing"
)

func TestAFormAsJSON(t *testing.T) {
	t.Parallel()
	for form, want := range map[string]string{
		"": "{}", "a=1": `{"a":"1"}`, "a[]=x&a[]=y": `{"a":["x","y"]}`, "a[k]=1&a[l][m]=2&b": `{"a":{"k":"1","l":{"m":"2"}},"b":""}`,
		"a=%C3%A9%22": `{"a":"é\""}`, "a[3]=x": `{"a":{"3":"x"}}`,
		"a=%FF": "", "a[%FF]=1": "", "a[x][]=ok&a[x][]=%FF": "",
	} {
		v, err := ParseStr(form)
		if err != nil {
			t.Fatal(err)
		}
		if form == "" {
			v = v.asMap()
		}
		got, ok := v.JSON()
		if ok != (want != "") || string(got) != want {
			t.Errorf("%q is %q, %v; want %q", form, got, ok, want)
		}
	}
}

func TestEveryKindOfValueAsJSON(t *testing.T) {
	t.Parallel()
	const text = `{"a":[1,-2.50,9007199254740993,true,false,null,"x"],"b":{"c":[]}}`
	if got, ok := ValueOf([]byte(text)).JSON(); !ok || string(got) != text {
		t.Errorf("%s, %v", got, ok)
	}
	var keys strings.Builder
	for key, value := range ValueOf([]byte(text)).Get("a").Entries() {
		keys.WriteString(key)
		if value.Kind() == Null {
			break
		}
	}
	if keys.String() != "012345" {
		t.Errorf("keys %s", &keys)
	}
}

func TestTextsSeesEveryTextThatParseStrWouldTake(t *testing.T) {
	t.Parallel()
	for query, want := range map[string]string{
		"token=a&token=b": "a b", "token=a&x=b": "a", "%74oken=a&+token=b&%20%20token=c": "a b c", "token%00x=a&token=b": "a b",
		"token&token=b": " b", "token=a%26+b": "a& b", "Token=a&tokens=b&token.=c&token_=d": "", "token=a\x00&token=b": "a", "": "",
	} {
		got := strings.Join(Texts(query, "token"), " ")
		if got != want {
			t.Errorf("%q: got %q, want %q", query, got, want)
		}
		v, err := ParseStr(query)
		if text, _ := v.Get("token").Text(); err != nil || !strings.HasSuffix(want, text) {
			t.Errorf("%q: ParseStr reads %q, %v", query, text, err)
		}
	}
}
