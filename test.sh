#!/usr/bin/env bash
# Sets up what the tests need and runs them.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")"

readonly tags=nobadger,nomysql,nopgx
# What the tests of the shared store run, as Debian names it.
readonly packages=(redis-server)
# What the fault tests call, as Debian names it: a browser, PHP over FastCGI,
# a tracer of system calls, a file system to cut the power of.
readonly fault_packages=(chromium php-cgi strace e2fsprogs mount)

usage() {
	cat <<-END
		usage: ./test.sh [faults]

		  (no argument)  builds ./caddy, then go vet and every test that needs no root;
		                 installs redis-server where it is missing, on Debian and as root
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
	if ! command -v redis-server >/dev/null; then
		if is_debian_root; then
			install_packages "${packages[@]}"
		else
			say "the tests of the shared store need redis-server, and are left out"
		fi
	fi
	build
	say "go vet"
	go vet -tags "$tags" ./...
	say "go test"
	# A cached result would not know that the binary is another one now.
	# shellcheck disable=SC2086 # several flags are meant to be several words
	go test -tags "$tags" -count=1 ${TESTFLAGS-} ./...
}

is_debian_root() { [ -e /etc/debian_version ] && [ "$(id -u)" -eq 0 ]; }

# Installs those of the Debian packages that are missing, and starts none of
# their services.
install_packages() {
	local missing=() package policy=/usr/sbin/policy-rc.d
	for package in "$@"; do
		dpkg -s "$package" >/dev/null 2>&1 || missing+=("$package")
	done
	[ ${#missing[@]} -gt 0 ] || return 0
	say "installing ${missing[*]}"
	if [ ! -e $policy ]; then
		printf '#!/bin/sh\nexit 101\n' >$policy
		chmod +x $policy
		trap 'rm -f /usr/sbin/policy-rc.d' EXIT
	fi
	apt-get update -qq >/dev/null
	DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "${missing[@]}" >/dev/null
}

# Runs the tests of the files that only the build tag "faults" brings in; the
# others of their packages have run already.
faults() {
	if ! is_debian_root; then
		say "the fault tests need Debian and root (they mount file systems and trace processes)"
		exit 1
	fi
	local files tests
	mapfile -t files < <(grep -rlE --include='*_test.go' '^//go:build .*\bfaults\b' caddymodule/integration store)
	[ ${#files[@]} -gt 0 ] || { say "there are no fault tests"; exit 1; }
	tests=$(grep -hoE '^func Test[A-Za-z0-9_]+' "${files[@]}" | cut -d' ' -f2 | paste -sd'|')
	install_packages "${packages[@]}" "${fault_packages[@]}"
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
