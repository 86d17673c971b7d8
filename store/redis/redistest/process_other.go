//go:build !linux

package redistest

import "syscall"

// endWithParent leaves it to the tests to end their servers.
func endWithParent() *syscall.SysProcAttr { return nil }
