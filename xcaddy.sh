#!/usr/bin/env bash
# Builds ./caddy: Caddy with Linkgate and whatever other plugins you name.
# Needs Go and nothing else. Works from any directory.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")"

readonly xcaddy=github.com/caddyserver/xcaddy/cmd/xcaddy
readonly xcaddy_version=v0.4.5
# What xcaddy passes to Go by itself. Without the tags a dependency of Caddy's links
# two more Badgers and two more databases, none of which anything here uses.
readonly tags=nobadger,nomysql,nopgx
readonly modules="linkgate
linkgate.stores.badger
linkgate.stores.redis
http.handlers.linkgate
http.handlers.linkgate_admin
admin.api.linkgate
caddy.logging.encoders.filter.linkgate"

usage() {
	cat <<-END
		usage: ./xcaddy.sh [run] [--with <module[@version][=replacement]>]...

		  (no argument)   builds ./caddy
		  run             builds it and serves Caddyfile.example
		  --with <module> adds another plugin, as xcaddy's --with does; repeatable

		XCADDY=off builds with plain "go build", which cannot add other plugins.
	END
}

say() { printf 'xcaddy.sh: %s\n' "$*" >&2; }
fail() {
	say "$*"
	exit 1
}

# Sets $run and the array $with from the command line.
parse() {
	run=no with=()
	while [ $# -gt 0 ]; do
		case $1 in
		run) run=yes ;;
		--with=?*) with+=(--with "${1#--with=}") ;;
		--with)
			[ -n "${2-}" ] || { say "--with needs a module"; usage >&2; exit 2; }
			with+=(--with "$2")
			shift
			;;
		-h | --help) usage; exit 0 ;;
		*) say "unknown argument: $1"; usage >&2; exit 2 ;;
		esac
		shift
	done
}

# Runs a command that gets its modules from the module cache. What lies there
# was checked as it came in, by our go.sum or by the checksum database, which
# cannot be asked from here.
from_cache() { GOPROXY=file://$(go env GOMODCACHE)/cache/download GOSUMDB=off "$@"; }

# Builds with the xcaddy at $1. Where that cannot be done it says why and returns
# a failure.
build_xcaddy() {
	local module caddy name log
	module=$(go list -m)
	caddy=$(go list -m -f '{{.Version}}' github.com/caddyserver/caddy/v2)
	set -- "$1" build "$caddy" --output ./caddy.new \
		--with "$module/caddymodule" --replace "$module=$PWD" ${with[@]+"${with[@]}"}
	say "building Caddy $caddy with xcaddy $xcaddy_version (the first time takes minutes)"
	# xcaddy asks the module proxy for a published version of this very module,
	# which there is none of. Some proxies say so with "not found", and all is
	# well; others with an error, and then the same works from the module
	# cache, once that holds what go.mod names.
	log=$(mktemp -d)
	# The newest version of another plugin is not for the cache to say.
	if { [ ${#with[@]} -eq 0 ] && from_cache "$@" >"$log/cache" 2>&1; } ||
		"$@" >"$log/network" 2>&1 ||
		{ go mod download >"$log/download" 2>&1 && from_cache "$@" >"$log/cache" 2>&1; }; then
		rm -rf "$log"
		return
	fi
	for name in network download cache; do
		[ -s "$log/$name" ] || continue
		say "xcaddy failed ($name):"
		tail -n 15 "$log/$name" | sed 's/^/  /' >&2
	done
	rm -rf "$log"
	return 1
}

build_go() {
	say "building with go build: $1"
	CGO_ENABLED=0 go build -tags "$tags" -trimpath -ldflags '-s -w' -o ./caddy.new ./caddymodule/cmd/caddy
}

build() {
	local xcaddy_path
	if [ "${XCADDY-}" = off ]; then
		[ ${#with[@]} -eq 0 ] || fail "other plugins need xcaddy, and XCADDY=off forbids it"
		build_go "XCADDY=off"
	elif xcaddy_path=$(.ci/tool "$xcaddy" "$xcaddy_version"); then
		if build_xcaddy "$xcaddy_path"; then return; fi
		[ ${#with[@]} -eq 0 ] || fail "other plugins need xcaddy, which failed"
		build_go "xcaddy failed"
	else
		[ ${#with[@]} -eq 0 ] || fail "other plugins need xcaddy $xcaddy_version, which cannot be had here"
		build_go "xcaddy $xcaddy_version cannot be had here"
	fi
}

# Fails unless ./caddy.new has all our modules.
check() {
	local listed module
	listed=$(./caddy.new list-modules)
	for module in $modules; do
		grep -qx "$module" <<<"$listed" || fail "the new binary lacks the module $module"
	done
}

parse "$@"
command -v go >/dev/null || fail "Go is needed: https://go.dev/dl/"
trap 'rm -f ./caddy.new' EXIT
build
check
# A running ./caddy keeps its old file; a half-built one never takes its place.
mv -f ./caddy.new ./caddy
say "built ./caddy"
if [ "$run" = yes ]; then
	exec ./caddy run --config Caddyfile.example
fi
