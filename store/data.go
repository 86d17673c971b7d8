package store

// reserved are the names that a record's own fields have in either API. A
// caller's data may not use them: the answer could not tell the two apart.
var reserved = map[string]bool{
	"id": true, "link": true, "token": true, "hashed_access_token": true,
	"uuid": true, "rid": true, "url": true, "iss": true, "data": true,
	"exp": true, "expires": true, "expires_at": true,
	"cnt": true, "limit_calls": true, "counter": true, "calls": true,
	"state": true, "scopes": true,
	"created": true, "created_at": true, "created_by": true, "modified": true, "modified_at": true,
}

// ReservedField reports whether name belongs to the record itself and cannot
// be the name of a field in [Token.Data].
func ReservedField(name string) bool { return reserved[name] }
