package integration

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"encoding/pem"
	"math/big"
	"os"
	"path/filepath"
	"testing"
	"time"
)

// rightsOfLinkgate are what a user of the server has to be allowed, as the
// README says.
var rightsOfLinkgate = []string{
	"~linkgate:*", "+@connection", "-@dangerous", "+config|get", "+info", "+role", "+time", "+wait",
	"+eval", "+evalsha", "+get", "+set", "+incr", "+del", "+exists",
	"+hget", "+hmget", "+hgetall", "+hset", "+hsetnx", "+hdel",
	"+zadd", "+zrem", "+zrange", "+zlexcount",
}

// An authority is a certificate for redis.example that signed itself, in files.
type authority struct{ ca, cert, key string }

func newAuthority(t *testing.T) authority {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	template := &x509.Certificate{
		SerialNumber: big.NewInt(1), DNSNames: []string{"redis.example"},
		NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(time.Hour),
		IsCA: true, BasicConstraintsValid: true, KeyUsage: x509.KeyUsageDigitalSignature | x509.KeyUsageCertSign,
		ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth, x509.ExtKeyUsageClientAuth},
	}
	cert, err := x509.CreateCertificate(rand.Reader, template, template, key.Public(), key)
	if err != nil {
		t.Fatal(err)
	}
	private, err := x509.MarshalPKCS8PrivateKey(key)
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	write := func(name, kind string, bytes []byte) string {
		path := filepath.Join(dir, name)
		if err := os.WriteFile(path, pem.EncodeToMemory(&pem.Block{Type: kind, Bytes: bytes}), 0o600); err != nil {
			t.Fatal(err)
		}
		return path
	}
	return authority{write("ca.pem", "CERTIFICATE", cert), write("cert.pem", "CERTIFICATE", cert), write("key.pem", "PRIVATE KEY", private)}
}
