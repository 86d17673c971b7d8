//go:build !linux

package badger

import "os"

// syncsLogs says that Badger syncs its logs itself: not every system writes
// what came through a mapping when another descriptor is synced.
const syncsLogs = false

func syncData(f *os.File) error { return f.Sync() }
