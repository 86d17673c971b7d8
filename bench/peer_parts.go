package main

import (
	"errors"
	"fmt"
	"os"
	"slices"
	"strings"
)

// Where Debian puts what the peer is built from.
const (
	nginxPath    = "/usr/sbin/nginx"
	nginxModules = "/usr/lib/nginx/modules"
	luaLibraries = "/usr/share/lua/5.1"
)

// A peerPart is a file that the peer is built from, and the Debian package
// that brings it.
type peerPart struct{ path, pack string }

func peerParts() []peerPart {
	return []peerPart{
		{nginxPath, "nginx"},
		{nginxModules + "/ndk_http_module.so", "libnginx-mod-http-lua"},
		{nginxModules + "/ngx_http_lua_module.so", "libnginx-mod-http-lua"},
		{luaLibraries + "/nginx/redis.lua", "lua-nginx-redis"},
	}
}

// errNoPeer says that the peer cannot be built on this machine.
var errNoPeer = errors.New("no nginx+Lua+Redis to compare with")

// missing names the packages that bring what is not there.
func missing(parts []peerPart) error {
	var packages []string
	for _, p := range parts {
		if _, err := os.Stat(p.path); err != nil && !slices.Contains(packages, p.pack) {
			packages = append(packages, p.pack)
		}
	}
	if len(packages) == 0 {
		return nil
	}
	return fmt.Errorf("%w: Debian has what is missing in %s (apt-get install %s)",
		errNoPeer, strings.Join(packages, ", "), strings.Join(packages, " "))
}
