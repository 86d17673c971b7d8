// Package caddymodule is Linkgate as Caddy sees it: the gate, the admin
// handler and what they share.
//
// It registers these modules:
//
//	linkgate                                    the app: store, signing keys
//	linkgate.stores.badger                      the embedded store
//	linkgate.stores.redis                       Redis or Valkey, for several gateways
//	http.handlers.linkgate                      the gate
//	http.handlers.linkgate_admin                the token API
//	admin.api.linkgate                          local operations on Caddy's admin endpoint
//	caddy.logging.encoders.filter.linkgate      keeps tokens out of logs
//
// The namespace linkgate.stores is open to others; its modules implement
// [StoreProvider].
//
// Placeholders after a gate admitted a request:
//
//	{http.linkgate.link}       the token's id; a secret, so think before you log it
//	{http.linkgate.rid}        the requester
//	{http.linkgate.iss}        the campaign
//	{http.linkgate.counter}    uses so far, this one included
//	{http.linkgate.remaining}  uses left; -1 without a limit
//	{http.linkgate.expires}    end of life, RFC 3339 in UTC; empty if there is none
//	{http.linkgate.data.*}     a field of the token's own data
//	{http.auth.user.id}        the requester
//
// And after a gate refused one: {http.linkgate.reason}.
package caddymodule
