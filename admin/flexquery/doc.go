// Package flexquery is the option language of the Flextype Tokens API: which
// records a list holds, in which order and with which fields.
//
// The language is that of Flextype 1.0, as contract section 5.2 corrects it.
// Its options come as a query string in the bracket syntax of PHP:
//
//	options[filter][where][0][key]=calls
//	options[filter][where][0][operator]=gte
//	options[filter][where][0][value]=5
//	options[filter][sort_by][key]=created_at
//	options[filter][limit]=10
//
// [ParseStr] reads such a text, [Parse] understands what is below
// `options[filter]`, and [Query.Run] answers it from a [Source] of records.
//
// The package does no more than that: it knows no HTTP, no store and no Caddy.
// Whoever uses it decides which records and fields a caller may see, before
// the query does: a field that is not in a [Record] cannot be asked about.
package flexquery
