// Package linkgate is a Caddy v2 plugin that guards routes with counted link
// tokens. Building Caddy with this package plugs everything in:
//
//	xcaddy build --with github.com/linkgate/linkgate
//
// It registers
//
//   - the app linkgate, also a global option of the Caddyfile,
//   - http.handlers.linkgate, the gate: it validates and counts a token before
//     the request is proxied,
//   - http.handlers.linkgate_admin, the HTTP API that makes and reads tokens,
//   - linkgate.stores.badger, the embedded store,
//   - caddy.logging.encoders.filter.linkgate, which keeps tokens out of logs,
//   - admin.api.linkgate, operations on Caddy's own admin endpoint.
//
// Everything lives in package caddymodule and its neighbours. This package
// only makes the module's own path importable.
package linkgate

import (
	// Registers every Linkgate module with Caddy.
	_ "github.com/linkgate/linkgate/caddymodule"
)
