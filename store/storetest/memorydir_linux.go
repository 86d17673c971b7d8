package storetest

import "syscall"

// free is how many bytes a file system has to spare; 0 where there is none.
func free(path string) uint64 {
	var fs syscall.Statfs_t
	if err := syscall.Statfs(path, &fs); err != nil {
		return 0
	}
	return fs.Bavail * uint64(fs.Bsize)
}
