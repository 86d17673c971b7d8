package admin

import (
	"errors"
	"net/http"

	"github.com/linkgate/linkgate/admin/flexquery"
	"github.com/linkgate/linkgate/store"
	"github.com/linkgate/linkgate/store/strictjson"
)

// A flexCall is a call of the Flextype API with its body and query read. Its
// body is empty where the operation takes none.
type flexCall struct {
	*call
	body  flexBody
	query flexquery.Value
}

// A flexRead reads a request to an operation of the Flextype API and returns
// what has to be done. By then nothing has been done or counted.
type flexRead func(*Handler, *flexCall) (flexAction, error)

// A flexAction does what a request asked for, and makes the answer.
type flexAction func() (any, error)

// runFlextype lets a caller through to an operation of the Flextype API. An
// accepted call is a use of the credential: one whose caller is right and whose
// request makes sense, whatever becomes of it then.
func (h *Handler) runFlextype(op operation, c *call) (any, error) {
	f := &flexCall{call: c}
	unreadable := f.read()
	if op.named {
		id, _ := f.body.text("id")
		f.about(id)
	}
	presented, err := oneCredential(f.credentials())
	if errors.Is(err, errNoCredential) && unreadable != nil {
		return nil, unreadable // there may be a credential in it
	}
	if err != nil {
		return nil, err
	}
	if err := h.admit(op, c, presented); err != nil {
		return nil, err
	}
	if unreadable != nil {
		return nil, unreadable
	}
	act, err := op.flextype(h, f)
	if err != nil {
		return nil, err
	}
	if err := h.charge(op, c); err != nil {
		return nil, err
	}
	return act()
}

// read reads the body, or where the method has none the query.
func (f *flexCall) read() (err error) {
	if !f.reading() {
		f.body, err = readFlexBody(f.Request)
		return err
	}
	f.query, err = flexquery.ParseStr(f.URL.RawQuery)
	if err != nil {
		return refuse(http.StatusBadRequest, err.Error())
	}
	return nil
}

// reading reports whether the call only reads, by a method without a body.
func (f *flexCall) reading() bool {
	return f.Method == http.MethodGet || f.Method == http.MethodHead
}

// credentials are those in the headers and, in Flextype's own form, in the
// body or the query.
func (f *flexCall) credentials() []credential {
	out := headerCredentials(f.Header)
	if f.reading() {
		return append(out, queryCredentials(f.URL.RawQuery)...)
	}
	token, hasToken := f.body.value("token")
	secret, hasSecret := f.body.value("access_token")
	if !hasToken && !hasSecret {
		return out
	}
	// What is null or no text leaves its part empty: such a credential is
	// wrong, as is one with a part missing. Nothing is skipped for it.
	id, _ := strictjson.String(token)
	text, _ := strictjson.String(secret)
	return append(out, credential{id, text})
}

// queryCredentials are those in a query: token and access_token, or both parts
// in token. Of a part that is there more than once, each is one.
func queryCredentials(raw string) (out []credential) {
	tokens, secrets := flexquery.Texts(raw, "token"), flexquery.Texts(raw, "access_token")
	if len(secrets) == 0 {
		for _, token := range tokens {
			out = append(out, parseCredential(token))
		}
		return out
	}
	if len(tokens) == 0 {
		return []credential{{secret: secrets[0]}}
	}
	for _, token := range tokens {
		for _, secret := range secrets {
			out = append(out, credential{token, secret})
		}
	}
	return out
}

// charge counts a use of the credential. Its record is judged anew in the same
// step: a limit holds however many calls come at once.
func (h *Handler) charge(op operation, c *call) error {
	d, err := h.o.Store.Use(c.Context(), store.Attempt{Link: c.caller.token.Link, Now: c.now, AsCredential: true})
	if err != nil {
		return err
	}
	now, err := admitted(d)
	if err != nil {
		return err
	}
	if !c.caller.is(now.token) || now.token.HashedAccessToken != c.caller.token.HashedAccessToken {
		return unauthorized() // the secret was another record's
	}
	c.caller = now
	return now.needs(op.scope)
}
