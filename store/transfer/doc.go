// Package transfer moves all that a [store.Store] keeps into another one:
// records with their counters, and the values of the vault.
//
// The source gives its rows page by page ([Records], [Values]), the target takes
// them ([Take], [TakeValues]), as often as it is asked to: what is there
// already stays, a counter only ever grows, and a use that was counted on
// either side is never lost. Both can give the sums of what they keep
// ([Sums], [ValueSums]), by which the two can be compared.
package transfer
