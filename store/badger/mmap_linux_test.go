package badger_test

import (
	"os"
	"syscall"
	"testing"
	"unsafe"
)

// mapped maps a new file of one page, and returns a function that syncs it and
// reports whether that worked.
func mapped(t *testing.T, name string) (page []byte, sync func() bool) {
	t.Helper()
	f, err := os.Create(name)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = f.Close() })
	size := os.Getpagesize()
	if err := f.Truncate(int64(size)); err != nil {
		t.Fatal(err)
	}
	page, err = syscall.Mmap(int(f.Fd()), 0, size, syscall.PROT_READ|syscall.PROT_WRITE, syscall.MAP_SHARED)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = syscall.Munmap(page) })
	return page, func() bool {
		_, _, errno := syscall.Syscall(syscall.SYS_MSYNC, uintptr(unsafe.Pointer(&page[0])), uintptr(size), syscall.MS_SYNC)
		return errno == 0
	}
}
