//go:build !unix

package badger

// isMountPoint cannot tell here.
func isMountPoint(string) bool { return false }
