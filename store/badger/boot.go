package badger

import (
	"encoding/binary"
	"encoding/hex"
	"os"
	"strings"
)

// thisBoot names the run of the operating system, zero where it has no name.
// Within one run nothing that was written is lost, synced or not, whatever
// becomes of processes.
func thisBoot() uint64 {
	text, err := os.ReadFile("/proc/sys/kernel/random/boot_id")
	if err != nil {
		return 0
	}
	id, err := hex.DecodeString(strings.ReplaceAll(strings.TrimSpace(string(text)), "-", ""))
	if err != nil || len(id) < 8 {
		return 0
	}
	return binary.BigEndian.Uint64(id)
}
