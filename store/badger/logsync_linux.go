package badger

import (
	"os"
	"syscall"
)

// syncsLogs says that [logSync] does what Badger would do.
const syncsLogs = true

// syncData writes a file's data to the disk, what was written through a mapping
// included, and of the rest only what is needed to read it again.
func syncData(f *os.File) error {
	for {
		err := syscall.Fdatasync(int(f.Fd()))
		if err != syscall.EINTR {
			return err
		}
	}
}
