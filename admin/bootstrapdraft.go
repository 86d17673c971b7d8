package admin

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
)

// adminFile is the name of the file that tells the operator the first
// credential.
const adminFile = "initial_admin.json"

// A draft is that file until it is known that its credential is the one.
// Several gateways and stores may share the directory.
type draft struct {
	dir    string
	prefix string // of the drafts for one store
	uuid   string // of the record
}

// draft is the draft for the record with a UUID.
func (f Founding) draft(uuid string) draft {
	digest := sha256.Sum256([]byte(f.Store))
	return draft{f.Dir, "." + adminFile + "." + hex.EncodeToString(digest[:6]) + ".", uuid}
}

// leftOver finds a draft for the store and what is in it.
func (f Founding) leftOver() (d draft, c credential, found bool) {
	d = f.draft("")
	files, err := os.ReadDir(d.dir)
	if err != nil {
		return d, c, false
	}
	for _, file := range files {
		uuid, ok := strings.CutPrefix(file.Name(), d.prefix)
		if !ok {
			continue
		}
		d.uuid = uuid
		if c, ok = d.read(); ok {
			return d, c, true
		}
	}
	return d, c, false
}

func (d draft) path() string { return filepath.Join(d.dir, d.prefix+d.uuid) }

// write writes the credential, whole and durable or not at all.
func (d draft) write(c credential) error {
	text, err := json.Marshal(struct {
		Token       string `json:"token"`
		AccessToken string `json:"access_token"`
		Credential  string `json:"credential"`
	}{c.id, c.secret, c.id + "." + c.secret})
	if err != nil {
		return err
	}
	if err := os.MkdirAll(d.dir, 0o700); err != nil {
		return err
	}
	if err := writeSynced(d.path(), append(text, '\n')); err != nil {
		return errors.Join(err, d.remove())
	}
	return syncDir(d.dir)
}

// read reads what was written, unless it is not all there.
func (d draft) read() (c credential, ok bool) {
	if !d.exists() {
		return credential{}, false
	}
	return readCredential(d.path())
}

// published reports whether the draft of a link has become the file.
func (d draft) published(link string) bool {
	c, ok := readCredential(filepath.Join(d.dir, adminFile))
	return ok && c.id == link
}

// readCredential reads the credential in a file.
func readCredential(path string) (c credential, ok bool) {
	text, err := os.ReadFile(path)
	if err != nil {
		return credential{}, false
	}
	var file struct {
		Credential string `json:"credential"`
	}
	if json.Unmarshal(text, &file) != nil {
		return credential{}, false
	}
	c = parseCredential(file.Credential)
	return c, c.possible()
}

// exists reports whether the draft is here, as a file.
func (d draft) exists() bool {
	info, err := os.Lstat(d.path())
	return err == nil && info.Mode().IsRegular()
}

func (d draft) remove() error {
	if err := os.Remove(d.path()); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	return nil
}

// publish makes the draft the file, durably. A file or link that stands there
// is replaced, not followed. That another process was faster is as good.
func (d draft) publish() (path string, err error) {
	path = filepath.Join(d.dir, adminFile)
	err = os.Rename(d.path(), path)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return "", err
	}
	return path, syncDir(d.dir)
}

// writeSynced makes a file that only its owner may read.
func writeSynced(path string, text []byte) error {
	f, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return err
	}
	_, err = f.Write(text)
	if err == nil {
		err = f.Sync()
	}
	if closing := f.Close(); err == nil {
		err = closing
	}
	return err
}

// syncDir makes a rename inside dir durable.
func syncDir(dir string) error {
	d, err := os.Open(dir)
	if err != nil {
		return err
	}
	defer d.Close()
	return d.Sync()
}
