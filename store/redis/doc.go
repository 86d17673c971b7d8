// Package redis keeps tokens in a Redis or Valkey that several gateways share:
// one primary, a primary that Sentinels watch, or a Cluster.
//
// # How a use is counted
//
// The server judges and counts a use of a token with a limit in one script, by
// its own clock, so that all gateways agree. A charge is sent once. Where its
// answer does not come, the use is spent and nobody is let in; nothing is ever
// decided here in the server's place. [store.Judge] has the last word about
// what the script admits, and gives the reason for what it does not.
//
// A token without a limit that is presented more than once is judged here: the
// server tells of every change of its record on the connection on which it was
// read (client tracking), and is asked for the time there five times a second.
// What is believed is at most as old as its last answer, and nothing is where
// that is 800 ms old: then everything is refused at once, until it answers. Its
// uses are counted in memory and added within a tenth of a second. On a
// Cluster, and where a server does not tell, each use asks.
//
// # What the server has to promise
//
// A server that answers before a use is on its disk, that may evict a counter,
// or that is a replica, can forget uses. Its settings are read when the store
// is opened, on each new connection, and each 30 seconds; tokens with a limit
// are refused until they are right.
//
// A fail-over may lose what the new primary lacked. With
// [Options.ReplicaAcks] a use is admitted only when so many replicas have it.
// That makes such a loss unlikely and not impossible. Beyond that a loss is
// noticed: the database has an epoch and a sequence, each counter a serial that
// only grows. The script compares both before it counts a use, but on a Cluster
// the serial only. Where one of them is behind what this gateway has seen, no
// limited token is charged until somebody accepts that; see
// [Store.AcceptRollback].
//
// # What is in the database
//
//	<prefix>t:{<link>}   the record, its version, and what the script judges by
//	<prefix>c:{<link>}   the counter, its serial, and the last addition to it
//	<prefix>l:{<n>}:p    tokens in the order of creation; with :a, those that
//	                     hold the admin scope; with :<iss>, those of a campaign
//	<prefix>vault        the vault
//	<prefix>epoch        the epoch, those before it, and what was noticed
//	<prefix>seq:{<n>}    the sequence
//	<prefix>probe        the last probe write
//
// n is 0, but on a Cluster one of 16 parts.
package redis
