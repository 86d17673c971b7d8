package main

import (
	"bytes"
	"fmt"
	"os"
	"strconv"
	"time"
)

// ticks is how many clock ticks a second has in /proc, on every Linux.
const ticks = 100

// cpuTime is the processor time that a process has used; 0 where it cannot be
// told. See proc_pid_stat(5).
func cpuTime(pid int) time.Duration {
	text, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", pid))
	if err != nil {
		return 0
	}
	// The name, in parentheses, may hold anything.
	fields := bytes.Fields(text[bytes.LastIndexByte(text, ')')+1:])
	const user, system = 14 - 3, 15 - 3
	if len(fields) <= system {
		return 0
	}
	var used time.Duration
	for _, i := range [...]int{user, system} {
		n, err := strconv.ParseInt(string(fields[i]), 10, 64)
		if err != nil {
			return 0
		}
		used += time.Duration(n) * time.Second / ticks
	}
	return used
}
