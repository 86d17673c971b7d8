// Command caddy is Caddy with its standard modules and Linkgate: what
// xcaddy.sh builds where xcaddy itself cannot be had.
package main

import (
	_ "time/tzdata"

	caddycmd "github.com/caddyserver/caddy/v2/cmd"
	_ "github.com/caddyserver/caddy/v2/modules/standard"

	_ "github.com/linkgate/linkgate/caddymodule"
)

func main() { caddycmd.Main() }
