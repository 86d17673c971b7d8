package admin

import (
	"bytes"
	"encoding/json"
	"mime"
	"net/http"
	"strings"

	"github.com/linkgate/linkgate/admin/flexquery"
	"github.com/linkgate/linkgate/store/strictjson"
)

// A flexBody is the body of a request to the Flextype API. Of its members the
// operation takes those it knows; others are ignored, as Flextype does.
type flexBody struct {
	members []strictjson.Member

	// coded is set where the body was urlencoded, in which numbers are texts.
	coded bool

	// texts are the bytes of the texts of such a body, which need not be UTF-8.
	texts map[string]string
}

// flexNames are the members that any of the operations knows.
var flexNames = fields[struct{}]{
	{name: "token"}, {name: "access_token"}, {name: "id"}, {name: "data"}, {name: "string"}, {name: "hash"},
}

// readFlexBody reads a body that is JSON, urlencoded, or empty. One that starts
// with { is JSON whatever it says that it is: curl -d says urlencoded, and
// others say text/plain.
func readFlexBody(r *http.Request) (flexBody, error) {
	if err := checkCoding(r.Header); err != nil {
		return flexBody{}, err
	}
	text, err := readAll(r)
	if err != nil {
		return flexBody{}, err
	}
	if !bytes.HasPrefix(bytes.TrimLeft(text, jsonSpace), []byte("{")) {
		if isForm(r.Header.Values("Content-Type")) {
			return codedBody(string(text))
		}
		if err := checkKind(r.Header); err != nil || len(text) == 0 {
			return flexBody{}, err
		}
	}
	members, err := strictjson.Object(text)
	if err != nil {
		return flexBody{}, bodyProblem(err)
	}
	return flexBody{members: members}.checked()
}

// jsonSpace is the white space that JSON allows around a value.
const jsonSpace = " \t\r\n"

// codedBody reads a urlencoded body the way PHP does, but for a name that is
// there twice: PHP takes the last and deletes a record of two that were named.
func codedBody(text string) (flexBody, error) {
	parsed, err := flexquery.ParseStr(text)
	if err != nil {
		return flexBody{}, refuse(http.StatusBadRequest, err.Error())
	}
	for _, known := range flexNames {
		if len(flexquery.Texts(text, known.name)) > 1 {
			return flexBody{}, wrong(known.name, "is there more than once")
		}
	}
	b := flexBody{coded: true, texts: map[string]string{}}
	for name, value := range parsed.Entries() {
		if text, ok := value.Text(); ok {
			b.texts[name] = text
		}
		text, _ := value.JSON() // none where it is not UTF-8
		b.members = append(b.members, strictjson.Member{Name: name, Value: text})
	}
	return b.checked()
}

// checked is the body, unless it has a known name in another case, whose
// meaning for the caller is plain and for us is none.
func (b flexBody) checked() (flexBody, error) {
	for _, m := range b.members {
		if _, misspelled := flexNames.misspelled(m.Name); misspelled {
			return flexBody{}, flexNames.unknown(m.Name)
		}
	}
	return b, nil
}

// value returns a member as JSON. One that is not UTF-8 is empty.
func (b flexBody) value(name string) (value json.RawMessage, present bool) {
	for _, m := range b.members {
		if m.Name == name {
			return m.Value, true
		}
	}
	return nil, false
}

// text returns a member that has to be there and to be a text.
func (b flexBody) text(name string) (string, error) {
	value, present := b.value(name)
	if !present {
		return "", wrong(name, "is required")
	}
	if text, ok := b.texts[name]; ok {
		return text, nil
	}
	text, ok := strictjson.String(value)
	if !ok {
		return "", wrong(name, errNoText.Error())
	}
	return text, nil
}

// number is a number as JSON has it: in a urlencoded body it comes as a text.
func (b flexBody) number(value json.RawMessage) json.RawMessage {
	if text, ok := strictjson.String(value); ok && b.coded {
		if _, ok := strictjson.Integer(json.RawMessage(text)); ok {
			return json.RawMessage(text)
		}
	}
	return value
}

// isForm reports whether a body says that it is urlencoded, in UTF-8 if in
// anything.
func isForm(kinds []string) bool {
	if len(kinds) != 1 {
		return false
	}
	media, params, err := mime.ParseMediaType(kinds[0])
	charset, named := params["charset"]
	return err == nil && media == "application/x-www-form-urlencoded" &&
		(!named || strings.EqualFold(charset, "utf-8"))
}
