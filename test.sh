#!/usr/bin/env bash
# Sets up what the tests need and runs them.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")"

readonly tags=nobadger,nomysql,nopgx
# What the fault tests call, as Debian names it: a browser, PHP over FastCGI,
# a tracer of system calls, a file system to cut the power of, and the peer that
# bench compares with.
readonly fault_packages=(chromium php-cgi strace e2fsprogs mount
	nginx libnginx-mod-http-lua lua-nginx-redis)

usage() {
	cat <<-END
		usage: ./test.sh [faults]

		  (no argument)  builds ./caddy, then go vet and every test that needs no root;
		                 installs redis-server where it is missing and that is possible
		  faults         the tests that cut the power, trace system calls and drive a
		                 browser; needs Debian and root, and installs what it lacks

		TESTFLAGS is passed on to go test, for example TESTFLAGS=-v
	END
}

say() { printf 'test.sh: %s\n' "$*" >&2; }

# The tests run the binary that users run.
build() {
	./xcaddy.sh
	export LINKGATE_CADDY=$PWD/caddy
}

ordinary() {
	install_redis
	build
	say "go vet"
	go vet -tags "$tags" ./...
	say "go test"
	# A cached result would not know that the binary is another one now.
	# shellcheck disable=SC2086 # several flags are meant to be several words
	go test -tags "$tags" -count=1 ${TESTFLAGS-} ./...
}

# Installs those of the Debian packages that are missing. The services that
# Debian makes of some are not wanted: the tests start servers of their own.
install_packages() {
	local missing=() package
	for package in "$@"; do
		dpkg -s "$package" >/dev/null 2>&1 || missing+=("$package")
	done
	[ ${#missing[@]} -gt 0 ] || return 0
	say "installing ${missing[*]}"
	apt-get update -qq >/dev/null
	DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "${missing[@]}" >/dev/null
	command -v systemctl >/dev/null || return 0
	for package in "${missing[@]}"; do
		case $package in
		redis-server | nginx) systemctl disable --now "$package" >/dev/null 2>&1 || true ;;
		esac
	done
}

# The tests of the Redis store start servers of their own; without the program
# they are skipped.
install_redis() {
	command -v redis-server >/dev/null && return
	if [ "$(id -u)" -ne 0 ] || ! command -v apt-get >/dev/null; then
		say "there is no redis-server: the tests that need one are skipped"
		return
	fi
	install_packages redis-server || say "redis-server cannot be installed: the tests that need it are skipped"
}

# Runs the tests of the files that only the build tag "faults" brings in; the
# others of their packages have run already.
faults() {
	if [ ! -e /etc/debian_version ] || [ "$(id -u)" -ne 0 ]; then
		say "the fault tests need Debian and root (they mount file systems and trace processes)"
		exit 1
	fi
	local files tests
	mapfile -t files < <(grep -rlE --include='*_test.go' '^//go:build .*\bfaults\b' bench caddymodule/integration store)
	[ ${#files[@]} -gt 0 ] || { say "there are no fault tests"; exit 1; }
	tests=$(grep -hoE '^func Test[A-Za-z0-9_]+' "${files[@]}" | cut -d' ' -f2 | paste -sd'|')
	install_packages "${fault_packages[@]}"
	install_redis
	build
	say "go test, build tag faults"
	# shellcheck disable=SC2046,SC2086 # several words are meant to be several
	go test -tags "$tags,faults" -count=1 -timeout 20m ${TESTFLAGS-} -run "^($tests)\$" \
		$(dirname "${files[@]}" | sort -u | sed 's|^|./|')
}

case $* in
"") ordinary ;;
faults) faults ;;
-h | --help) usage ;;
*)
	say "unknown argument: $*"
	usage >&2
	exit 2
	;;
esac
