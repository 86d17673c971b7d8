// Package integration holds the tests that run a whole Caddy: the real binary
// as a process of its own, with real clients in front of it and real upstreams
// behind it. There is no code here but tests.
//
// The binary is built once, or taken from the environment variable
// LINKGATE_CADDY where somebody built it already. Every gateway of a test has
// its own home directory, its own ports on 127.0.0.1 and its own log, and each
// log is searched for tokens when its test ends.
//
// Tests that need root or programs which not every machine has are behind the
// build tag faults.
package integration
