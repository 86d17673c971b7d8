package badger

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"hash/crc32"
	"os"
	"path/filepath"
	"runtime"
)

// A slot is what the mark says. The file has two of them, which are written in
// turn: a write that a power cut tears leaves the other one.
type slot struct {
	// turn counts the writes: the higher of the two slots holds.
	turn uint64

	// owner is the database that the mark belongs to.
	owner [16]byte

	// boot is the run of the operating system in which the slot was written;
	// zero where that is not known.
	boot uint64

	// had is the last commit that was answered, synced the last one that was
	// then known to be on disk. Without a power cut the database has both.
	had, synced uint64

	// joining is set while the database has not yet been told of its mark.
	joining bool
}

const (
	slotLen = 64

	// slotGap keeps the slots on pages, and sectors, of their own.
	slotGap = 4096
)

// markMagic begins every slot; its last byte is the version of the layout.
var markMagic = [8]byte{'l', 'i', 'n', 'k', 'm', 'a', 'r', 1}

// least is the commit that a database has at least, if nothing happened to it
// but crashes and power cuts.
func (s *slot) least(boot uint64) uint64 {
	if boot != 0 && s.boot == boot {
		return s.had
	}
	return s.synced
}

func (s *slot) encode() []byte {
	out := append(make([]byte, 0, slotLen), markMagic[:]...)
	out = binary.BigEndian.AppendUint64(out, s.turn)
	out = append(out, s.owner[:]...)
	for _, n := range []uint64{s.boot, s.had, s.synced} {
		out = binary.BigEndian.AppendUint64(out, n)
	}
	out = append(out, 0, 0, 0, 0)
	if s.joining {
		out[len(out)-1] = 1
	}
	return binary.BigEndian.AppendUint32(out, crc32.Checksum(out, castagnoli))
}

// decodeSlot reports false where text is no whole slot.
func decodeSlot(text []byte) (slot, bool) {
	if len(text) < slotLen || !bytes.Equal(text[:8], markMagic[:]) ||
		binary.BigEndian.Uint32(text[slotLen-4:]) != crc32.Checksum(text[:slotLen-4], castagnoli) {
		return slot{}, false
	}
	return slot{
		turn:    binary.BigEndian.Uint64(text[8:]),
		owner:   [16]byte(text[16:32]),
		boot:    binary.BigEndian.Uint64(text[32:]),
		had:     binary.BigEndian.Uint64(text[40:]),
		synced:  binary.BigEndian.Uint64(text[48:]),
		joining: text[59] != 0,
	}, true
}

// errMarkDamaged says that neither slot can be read.
var errMarkDamaged = errors.New("is damaged")

// readMark returns the slot that holds.
func readMark(f *os.File) (slot, error) {
	var best slot
	found := false
	for n := range int64(2) {
		text := make([]byte, slotLen)
		if _, err := f.ReadAt(text, n*slotGap); err != nil {
			continue
		}
		if s, ok := decodeSlot(text); ok && (!found || s.turn > best.turn) {
			best, found = s, true
		}
	}
	if !found {
		return slot{}, errMarkDamaged
	}
	return best, nil
}

// createMark makes the file, whole and durable or not at all, in the place of
// one that is there.
func createMark(path string, s slot) (*os.File, error) {
	temp, err := os.CreateTemp(filepath.Dir(path), filepath.Base(path)+".*") // with mode 0600
	if err != nil {
		return nil, fmt.Errorf("making the mark: %w", err)
	}
	text := make([]byte, 2*slotGap)
	copy(text[s.turn%2*slotGap:], s.encode())
	_, err = temp.Write(text)
	if err == nil {
		err = temp.Sync()
	}
	err = errors.Join(err, temp.Close())
	if err == nil {
		err = os.Rename(temp.Name(), path)
	}
	if err == nil {
		err = syncDir(filepath.Dir(path))
	}
	if err != nil {
		_ = os.Remove(temp.Name())
		return nil, fmt.Errorf("making the mark: %w", err)
	}
	return os.OpenFile(path, os.O_RDWR, 0)
}

// syncDir makes names in dir durable. Windows cannot, and needs not.
func syncDir(dir string) error {
	d, err := os.Open(dir)
	if err != nil {
		return err
	}
	defer d.Close()
	if err := d.Sync(); err != nil && runtime.GOOS != "windows" {
		return err
	}
	return nil
}
