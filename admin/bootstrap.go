package admin

import (
	"context"
	"crypto/rand"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"time"

	"github.com/linkgate/linkgate/store"
)

// adminFile is the name of the file that tells the operator the first
// credential.
const adminFile = "initial_admin.json"

// Bootstrap makes the first credential where the store is empty: it holds all
// scopes and is written to initial_admin.json (mode 0600) in dir, whose path
// is returned. Where the store is not empty nothing happens and the path is
// empty. The secret is in that file and nowhere else.
//
// The file is made durable before the record, so that a crash between the two
// leaves an empty store, which the next start furnishes anew, rather than a
// credential that nobody knows.
func Bootstrap(ctx context.Context, s store.Store, dir string, now time.Time) (path string, err error) {
	page, err := s.List(ctx, store.Query{Limit: 1, WithAdmins: true})
	if err != nil {
		return "", fmt.Errorf("looking for credentials: %w", err)
	}
	if page.Total > 0 {
		return "", nil
	}
	secret := newSecret()
	hash, err := hashSecret(secret, hashCost)
	if err != nil {
		return "", fmt.Errorf("making the first credential: %w", err)
	}
	now = now.UTC().Truncate(time.Microsecond)
	admin := store.Token{
		Link: store.NewLink(), UUID: newUUID(),
		State: store.Enabled, Created: now, Modified: now,
		HashedAccessToken: hash,
		Scopes:            []store.Scope{store.ScopeRead, store.ScopeWrite, store.ScopeAdmin},
	}
	path = filepath.Join(dir, adminFile)
	if err := writeCredential(path, admin.Link, secret); err != nil {
		return "", fmt.Errorf("writing the first credential: %w", err)
	}
	if err := s.Create(ctx, store.Record{Token: admin}); err != nil {
		return "", fmt.Errorf("keeping the first credential: %w", err)
	}
	return path, nil
}

// writeCredential writes the credential to path, whole and durable or not at
// all. A file or link that stands there is replaced, not followed.
func writeCredential(path, token, secret string) error {
	text, err := json.Marshal(struct {
		Token       string `json:"token"`
		AccessToken string `json:"access_token"`
		Credential  string `json:"credential"`
	}{token, secret, token + "." + secret})
	if err != nil {
		return err
	}
	dir := filepath.Dir(path)
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return err
	}
	temp := filepath.Join(dir, "."+adminFile+"."+rand.Text())
	if err := writeSynced(temp, append(text, '\n')); err != nil {
		_ = os.Remove(temp)
		return err
	}
	if err := os.Rename(temp, path); err != nil {
		_ = os.Remove(temp)
		return err
	}
	return syncDir(dir)
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
