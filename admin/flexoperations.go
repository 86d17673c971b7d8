package admin

import (
	"net/http"

	"github.com/danielgtaylor/huma/v2"

	"github.com/linkgate/linkgate/store"
)

// flexPath is the path of the Flextype API.
const flexPath = base + "tokens"

// flexOperations is the part of the table that is the Flextype API.
func flexOperations() []operation {
	return append(flexRecordOperations(), flexSecretOperations()...)
}

func flexRecordOperations() []operation {
	return []operation{
		{
			name: "fetchEntries", summary: "Show one record, or a list of them",
			method: http.MethodGet, path: flexPath, scope: store.ScopeRead,
			query: flexParams(), answer: flexFetched{},
			fails: []int{http.StatusNotFound, http.StatusUnprocessableEntity}, flextype: readFlexFetch,
		},
		{
			name: "createEntry", summary: "Make a record with a secret of its own",
			method: http.MethodPost, path: flexPath, scope: store.ScopeWrite,
			body: flexBodySchema("data"), answer: flexCreated{}, changes: true, flextype: readFlexCreate,
		},
		{
			name: "changeEntry", summary: "Change a record; its calls stay",
			method: http.MethodPatch, path: flexPath, scope: store.ScopeWrite,
			body: flexBodySchema("id", "data"), answer: flexRecord{},
			fails: []int{http.StatusNotFound, http.StatusConflict}, changes: true, named: true, flextype: readFlexChange,
		},
		{
			name: "deleteEntry", summary: "Forget a record",
			method: http.MethodDelete, path: flexPath, scope: store.ScopeWrite,
			body: flexBodySchema("id"), answer: emptyAnswer{},
			fails: []int{http.StatusNotFound, http.StatusConflict}, changes: true, named: true, flextype: readFlexDelete,
		},
	}
}

func flexSecretOperations() []operation {
	return []operation{
		{
			name: "generateToken", summary: "Draw a secret; nothing is stored",
			method: http.MethodPost, path: flexPath + "/generate", scope: store.ScopeWrite,
			body: flexBodySchema(), answer: generated{}, flextype: readGenerate,
		},
		{
			name: "generateHash", summary: "Hash a text with bcrypt",
			method: http.MethodPost, path: flexPath + "/generate-hash", scope: store.ScopeWrite,
			body: flexBodySchema("string"), answer: hashed{}, flextype: readGenerateHash,
		},
		verifyOperation("verify"),
		verifyOperation("validate"),
	}
}

// verifyOperation is the comparison under one of its names: the documentation
// of Flextype has both, its code the first.
func verifyOperation(verb string) operation {
	return operation{
		name: verb + "Hash", summary: "Compare a text with a bcrypt hash",
		method: http.MethodPost, path: flexPath + "/" + verb + "-hash", scope: store.ScopeRead,
		body: flexBodySchema("string", "hash"), answer: verified{}, flextype: readVerifyHash,
	}
}

// flexParams are the parameters of a fetch.
func flexParams() []*huma.Param {
	text := func(name, description string) *huma.Param {
		return &huma.Param{Name: name, In: "query", Description: description, Schema: &huma.Schema{Type: huma.TypeString}}
	}
	return []*huma.Param{
		text("id", "The record to show. Without it, or with options[collection]=true, the answer is a list."),
		text("token", "The id of the credential, or all of it; where no header has it."),
		text("access_token", "The secret of the credential."),
		{
			Name: "options", In: "query", Style: "deepObject", Explode: new(true),
			Description: "What the list holds, in the brackets of PHP: options[filter][where][0][key]=calls and so on.",
			Schema:      &huma.Schema{Type: huma.TypeObject, AdditionalProperties: true},
		},
	}
}

// flexBodySchema describes a body with these members, all of them required but
// the data of a create, and Flextype's own form of a credential.
func flexBodySchema(names ...string) *huma.Schema {
	known := map[string]*huma.Schema{
		"token":        {Type: huma.TypeString, Description: "The id of the credential, where no header has it."},
		"access_token": {Type: huma.TypeString, Description: "The secret of the credential."},
		"id":           {Type: huma.TypeString, Description: "The record."},
		"string":       {Type: huma.TypeString, Description: "The text to hash."},
		"hash":         {Type: huma.TypeString, Description: "The hash to compare with."},
		"data":         flexDataSchema(),
	}
	s := &huma.Schema{
		Type: huma.TypeObject, AdditionalProperties: true,
		Properties: map[string]*huma.Schema{"token": known["token"], "access_token": known["access_token"]},
	}
	for _, name := range names {
		s.Properties[name] = known[name]
		if name != "data" || len(names) > 1 {
			s.Required = append(s.Required, name)
		}
	}
	return s
}

// flexDataSchema describes data.
func flexDataSchema() *huma.Schema {
	s := flexFields().describe()
	s.AdditionalProperties = true
	s.Description = "Fields of the record that mean something to the server, and any of your own."
	return s
}
