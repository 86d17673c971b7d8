package admin

import (
	"maps"

	"github.com/danielgtaylor/huma/v2"
)

// A flexFetched is either kind of answer to a fetch.
type flexFetched struct{}

// Schema implements [huma.SchemaProvider].
func (flexFetched) Schema(huma.Registry) *huma.Schema {
	one := flexRecord{}.Schema(nil)
	return &huma.Schema{
		Description: "The record that id names, or a list of records; with group_by an object of lists.",
		OneOf:       []*huma.Schema{one, {Type: huma.TypeArray, Items: one}},
	}
}

// Schema implements [huma.SchemaProvider].
func (flexRecord) Schema(huma.Registry) *huma.Schema {
	s := flexFields().describe()
	delete(s.Properties, "exp")
	seconds := func(description string) *huma.Schema {
		return &huma.Schema{Type: huma.TypeInteger, Description: description + " Unix seconds."}
	}
	text := func(description string) *huma.Schema {
		return &huma.Schema{Type: huma.TypeString, Description: description}
	}
	maps.Copy(s.Properties, map[string]*huma.Schema{
		"id": text("The record, which is the link too."), "uuid": text("A second name that may be shown where the id may not."),
		"created_at": seconds("When the record was made."), "modified_at": seconds("When it was last changed."),
		"created_by": text("The uuid of the credential that made it."),
		"expires_at": seconds("The end of life."), "hashed_access_token": text("The bcrypt hash of the secret; for admin only."),
	})
	s.Required = []string{"id", "uuid", "created_at", "created_by", "modified_at", "calls", "limit_calls", "state"}
	s.AdditionalProperties = true
	s.Description = "A record, with the fields of one's own beside those of the server."
	return s
}

var (
	_ huma.SchemaProvider = flexFetched{}
	_ huma.SchemaProvider = flexRecord{}
)
