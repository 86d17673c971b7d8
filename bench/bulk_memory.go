package main

import "time"

// watchMemory looks at the memory of a process until the returned function is
// called, which says what it was at first and at its most. Pages of files that
// are mapped do not count: they are the system's to take. Where there is no
// /proc it is zero.
func watchMemory(pid int) (stop func() (base, peak int64)) {
	base := anonymous(pid)
	peak := base
	quit, over := make(chan struct{}), make(chan struct{})
	go func() {
		defer close(over)
		for {
			peak = max(peak, anonymous(pid))
			select {
			case <-quit:
				return
			case <-time.After(50 * time.Millisecond):
			}
		}
	}()
	return func() (int64, int64) {
		close(quit)
		<-over
		return base, peak
	}
}

// anonymous is RssAnon of a process in bytes.
func anonymous(pid int) int64 { return statusBytes(pid, "RssAnon") }
