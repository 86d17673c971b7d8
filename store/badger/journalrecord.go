package badger

import (
	"bytes"
	"encoding/binary"
)

// A journalRecord is the body of a value of the journal: its turn, then an id
// and a count for each token.
type journalRecord []byte

const (
	journalHead  = 8
	journalCount = idLen + 8
)

func newJournalRecord(turn uint64, tokens int) journalRecord {
	return binary.BigEndian.AppendUint64(make([]byte, 0, journalHead+tokens*journalCount), turn)
}

func (r journalRecord) add(i id, n int64) journalRecord {
	return binary.BigEndian.AppendUint64(append(r, i[:]...), uint64(n))
}

// openJournalRecord returns the record in a value, which shares its memory.
func openJournalRecord(key, value []byte) (journalRecord, error) {
	body, err := unseal(key, value)
	if err != nil {
		return nil, err
	}
	r := journalRecord(body)
	if len(r) < journalHead || (len(r)-journalHead)%journalCount != 0 {
		return nil, corrupt("a value of the journal has another length")
	}
	if !bytes.Equal(journalKey(r.turn()), key) {
		return nil, corrupt("a value of the journal has another turn")
	}
	inRange := true
	r.each(func(_ id, n int64) { inRange = inRange && n >= 0 })
	if !inRange {
		return nil, corrupt("a count in the journal is out of range")
	}
	return r, nil
}

func (r journalRecord) turn() uint64 { return binary.BigEndian.Uint64(r) }

func (r journalRecord) each(do func(i id, n int64)) {
	for rest := r[journalHead:]; len(rest) > 0; rest = rest[journalCount:] {
		do(id(rest[:idLen]), int64(binary.BigEndian.Uint64(rest[idLen:])))
	}
}
