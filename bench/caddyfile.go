package main

import "text/template"

// A layout is where everything is.
type layout struct {
	// Bare, Control, Gate and Admin are the ports of the sites; Peer is that of
	// the one that asks another server with forward_auth, 0 where there is none.
	Bare, Control, Gate, Admin, Peer int

	// Upstream is an address.
	Upstream string

	// Dir is the store's directory, and Sync says when it syncs.
	Dir, Sync string

	// Redis is the address of the store that is used instead, if any, and Auth
	// that of the server that Peer asks.
	Redis, Auth string

	// Credential is the directory in which the first credential is left.
	Credential string
}

// caddyfile is the configuration that is measured. Nothing is tuned: the sites
// are what people write. Logs are off but for errors, which are shown if Caddy
// ends; the tokens in them die with the store.
var caddyfile = template.Must(template.New("caddyfile").Parse(`{
	admin off
	auto_https off
	persist_config off
	log {
		output stderr
		level ERROR
	}
	linkgate {
{{- if .Redis}}
		store redis {
			address {{.Redis}}
		}
{{- else}}
		store badger {
			path "{{.Dir}}"
			sync {{.Sync}}
		}
{{- end}}
	}
}
http://127.0.0.1:{{.Bare}} {
	bind 127.0.0.1
	reverse_proxy {{.Upstream}}
}
http://127.0.0.1:{{.Control}} {
	bind 127.0.0.1
	reverse_proxy {{.Upstream}}
}
http://127.0.0.1:{{.Gate}} {
	bind 127.0.0.1
	linkgate {
		session off
	}
	reverse_proxy {{.Upstream}}
}
http://127.0.0.1:{{.Admin}} {
	bind 127.0.0.1
	linkgate_admin
}
{{- if .Peer}}
http://127.0.0.1:{{.Peer}} {
	bind 127.0.0.1
	forward_auth {{.Auth}} {
		uri /auth
	}
	reverse_proxy {{.Upstream}}
}
{{- end}}
`))
