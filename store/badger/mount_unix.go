//go:build unix

package badger

import (
	"os"
	"path/filepath"
	"syscall"
)

// isMountPoint reports whether dir lies on another file system than its parent.
func isMountPoint(dir string) bool {
	here, err := os.Stat(dir)
	if err != nil {
		return false
	}
	above, err := os.Stat(filepath.Dir(dir))
	if err != nil {
		return false
	}
	a, ok := here.Sys().(*syscall.Stat_t)
	b, too := above.Sys().(*syscall.Stat_t)
	return ok && too && a.Dev != b.Dev
}
