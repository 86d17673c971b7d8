package badger

import (
	"os"
	"syscall"
)

// keepSize is FALLOC_FL_KEEP_SIZE: blocks, but no longer file.
const keepSize = 1

// allocate gives a file its first size bytes on disk. It wraps
// [errors.ErrUnsupported] where the file system cannot do that.
func allocate(f *os.File, size int64) error {
	for {
		err := syscall.Fallocate(int(f.Fd()), keepSize, 0, size)
		if err != syscall.EINTR {
			return err
		}
	}
}

// lockDir takes the lock on the directory that Badger takes when it opens it.
func lockDir(dir string) (unlock func(), err error) {
	f, err := os.Open(dir)
	if err != nil {
		return nil, err
	}
	if err := syscall.Flock(int(f.Fd()), syscall.LOCK_EX|syscall.LOCK_NB); err != nil {
		_ = f.Close()
		return nil, err
	}
	return func() { _ = f.Close() }, nil
}
