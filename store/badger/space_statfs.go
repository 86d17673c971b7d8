//go:build linux || darwin || freebsd

package badger

import "syscall"

// statVolume asks the file system of dir. Free is what a user without
// privileges may take.
func statVolume(dir string) (volume, error) {
	var s syscall.Statfs_t
	if err := syscall.Statfs(dir, &s); err != nil {
		return volume{}, err
	}
	return volume{total: times(s.Blocks, s.Bsize), free: times(s.Bavail, s.Bsize)}, nil
}

// A number is what a system has in its answer: each has another one.
type number interface {
	~int32 | ~int64 | ~uint32 | ~uint64
}

func times[B, S number](blocks B, size S) int64 { return int64(blocks) * int64(size) }
