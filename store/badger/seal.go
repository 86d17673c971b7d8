package badger

import (
	"encoding/binary"
	"hash/crc32"
)

// sealVersion is the first byte of every sealed value. A value that is laid
// out differently gets another one.
const sealVersion = 1

const sealLen = 1 + 4

var castagnoli = crc32.MakeTable(crc32.Castagnoli)

// seal puts the version and a checksum in front of body. The checksum covers
// the key: a value under the wrong key does not open.
func seal(key, body []byte) []byte {
	out := make([]byte, sealLen, sealLen+len(body))
	out[0] = sealVersion
	out = append(out, body...)
	binary.BigEndian.PutUint32(out[1:], sum(key, out[0], body))
	return out
}

// unseal returns the body of a sealed value, which shares its memory.
func unseal(key, value []byte) ([]byte, error) {
	if len(value) < sealLen {
		return nil, corrupt("a value is too short")
	}
	body := value[sealLen:]
	if binary.BigEndian.Uint32(value[1:]) != sum(key, value[0], body) {
		return nil, corrupt("a value does not match its checksum")
	}
	if value[0] != sealVersion {
		return nil, corrupt("a value has an unknown version")
	}
	return body, nil
}

func sum(key []byte, version byte, body []byte) uint32 {
	c := crc32.Update(0, castagnoli, key)
	c = crc32.Update(c, castagnoli, []byte{version})
	return crc32.Update(c, castagnoli, body)
}
