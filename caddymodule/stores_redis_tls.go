package caddymodule

import (
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"os"
	"strings"
)

// RedisTLS is how a [RedisStore] talks TLS. The server's certificate is always
// verified.
type RedisTLS struct {
	// The file of the authorities, as PEM, that may have signed the server's
	// certificate. May hold placeholders.
	// Default: those that the system trusts.
	CAFile string `json:"ca_file,omitempty"`

	// The name that the server's certificate must be for.
	// Default: the host of the address.
	ServerName string `json:"server_name,omitempty"`

	// The files, as PEM, of the certificate and the key by which the server
	// knows this gateway. Redis asks for one unless its `tls-auth-clients` says
	// otherwise. Both may hold placeholders.
	// Default: none.
	CertificateFile string `json:"certificate_file,omitempty"`
	KeyFile         string `json:"key_file,omitempty"`
}

// terms names the files, not what is in them.
func (t *RedisTLS) terms() string {
	if t == nil {
		return ""
	}
	terms := []string{"tls"}
	for _, part := range []struct{ name, value string }{
		{"ca_file", t.CAFile},
		{"server_name", t.ServerName},
		{"certificate", strings.TrimSpace(t.CertificateFile + " " + t.KeyFile)},
	} {
		if part.value != "" {
			terms = append(terms, part.name, part.value)
		}
	}
	return strings.Join(terms, " ")
}

func (s *RedisStore) resolveTLS() error {
	if s.TLS == nil {
		return nil
	}
	config, err := s.TLS.config()
	if err != nil {
		return fmt.Errorf("tls: %w", err)
	}
	s.options.TLS = config
	return nil
}

// config reads the files.
func (t *RedisTLS) config() (*tls.Config, error) {
	config := &tls.Config{MinVersion: tls.VersionTLS12}
	var err error
	if config.ServerName, err = replaced("server_name", t.ServerName); err != nil {
		return nil, err
	}
	if t.CAFile != "" {
		if config.RootCAs, err = readAuthorities(t.CAFile); err != nil {
			return nil, fmt.Errorf("ca_file: %w", err)
		}
	}
	if (t.CertificateFile == "") != (t.KeyFile == "") {
		return nil, errors.New("certificate: needs a file for the certificate and one for its key")
	}
	if t.CertificateFile != "" {
		certificate, err := readCertificate(t.CertificateFile, t.KeyFile)
		if err != nil {
			return nil, fmt.Errorf("certificate: %w", err)
		}
		config.Certificates = []tls.Certificate{certificate}
	}
	return config, nil
}

func readAuthorities(file string) (*x509.CertPool, error) {
	path, err := replaced("path", file)
	if err != nil {
		return nil, err
	}
	text, err := os.ReadFile(path)
	if err != nil {
		return nil, err
	}
	pool := x509.NewCertPool()
	if !pool.AppendCertsFromPEM(text) {
		return nil, fmt.Errorf("%s holds no certificate as PEM", path)
	}
	return pool, nil
}

func readCertificate(certificate, key string) (tls.Certificate, error) {
	certificate, err := replaced("path", certificate)
	if err != nil {
		return tls.Certificate{}, err
	}
	if key, err = replaced("path", key); err != nil {
		return tls.Certificate{}, err
	}
	return tls.LoadX509KeyPair(certificate, key)
}
