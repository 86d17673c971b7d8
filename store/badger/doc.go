// Package badger keeps tokens in an embedded Badger database: one directory,
// one process, nothing else to run.
//
// # How a use is counted
//
// The tokens that are in use are held in memory, the live set, with their
// counters. A use is judged and counted there, under the lock of its token.
//
// One goroutine, the committer, is the only writer. It takes all that waits at
// once, writes each counter once however often its token was used, commits,
// and then answers all who wait: the slower the disk, the more of them share a
// sync. Where the uses are of several tokens their counters are written as one
// value, into a journal that goes round in a ring; what it is the last to say
// of a token is written under the counter's own key before it is overwritten,
// or when nothing was used for a second. A use of a token with a limit waits for
// its batch; with [SyncEverySecond] it waits only where no use is left that was
// made durable ahead, and the journal is left alone. A use of a token without a
// limit waits for nothing and is written within a tenth of a second. Neither do refusals wait, or reads: they see the last commit that is
// done, for which the database is in Badger's managed mode.
//
// What is in memory is never behind the database, and a count never goes below
// the uses that were admitted and not given back: after a failed commit, whose
// outcome nobody knows, the uses in it are spent, and nothing is admitted until
// the database was opened anew and has them. A use is given back in memory, for
// the next one at once; the lower count is written like that of a token without
// a limit. What the database then has above it is no promise to anybody: while
// it is being taken back on disk, it is not handed out.
//
// A mark outside the directory says how far the database had come. A database
// that is behind it was set back, and charges no limited token until somebody
// accepts that: see [Store.AcceptRollback].
//
// # What is in the directory
//
//	f              the format version
//	t/<id>         the record of a token; id is its link as 16 bytes
//	c/<id>         the counter of a token, apart from its record
//	j/<place>      counters of one batch, until they are under their own keys:
//	               the newer one of the two counts
//	a/<pos>        all tokens in the order of creation
//	i/<iss><pos>   the tokens of one campaign in the order of creation
//	n/<iss>        how many tokens a campaign has; n/ alone counts all
//	v/<name>       the vault
//	m              who the database is, and where its mark lies
//	p              the last probe write
//	x              nothing, in the last commit that was more than counters
//
// Every value carries a version and a checksum over key and value: a value
// that was changed on disk, or stands under another key, is an error and
// never a number.
package badger
