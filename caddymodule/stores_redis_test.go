package caddymodule

import (
	"fmt"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/caddyserver/caddy/v2"
)

// provisioned is a store redis after Provision.
func provisioned(t *testing.T, s RedisStore) (*RedisStore, error) {
	t.Helper()
	ctx, cancel := caddy.NewContext(caddy.Context{Context: t.Context()})
	t.Cleanup(cancel)
	return &s, s.Provision(ctx)
}

func mustProvision(t *testing.T, s RedisStore) *RedisStore {
	t.Helper()
	p, err := provisioned(t, s)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

func TestRedisDefaults(t *testing.T) {
	t.Parallel()
	s := mustProvision(t, RedisStore{})
	o := s.options
	if fmt.Sprint(o.Addresses) != "[127.0.0.1:6379]" || o.Prefix != "linkgate:" || o.Timeout != time.Second || o.TLS != nil {
		t.Errorf("the options are %+v", o)
	}
	if filepath.Dir(o.Mark) != filepath.Join(s.DataDir(), "linkgate") || s.DataDir() != caddy.AppDataDir() {
		t.Errorf("the mark is %s, the data directory %s", o.Mark, s.DataDir())
	}
}

func TestRedisOptionsAreResolvedFromPlaceholders(t *testing.T) {
	file := filepath.Join(t.TempDir(), "password")
	if err := os.WriteFile(file, []byte("from a file"), 0o600); err != nil {
		t.Fatal(err)
	}
	t.Setenv("LINKGATE_TEST_REDIS", "redis.example")
	s := mustProvision(t, RedisStore{
		Addresses: []string{"{env.LINKGATE_TEST_REDIS}:7000", "[::1]:26379"}, Username: "{env.LINKGATE_TEST_REDIS}", Password: "{file." + file + "}",
		Sentinel: "main", SentinelUsername: "{env.LINKGATE_TEST_REDIS}", SentinelPassword: "{file." + file + "}", Prefix: "{env.LINKGATE_TEST_REDIS}:", Mark: "/srv/{env.LINKGATE_TEST_REDIS}.mark", DB: 2, ReplicaAcks: 1, UnsafeDurability: true,
		Timeout: caddy.Duration(50 * time.Millisecond),
	})
	o := s.options
	if fmt.Sprint(o.Addresses) != "[redis.example:7000 [::1]:26379]" || o.Username != "redis.example" || o.Password != "from a file" || o.Sentinel != "main" ||
		o.SentinelUsername != "redis.example" || o.SentinelPassword != "from a file" ||
		o.Prefix != "redis.example:" || o.Mark != "/srv/redis.example.mark" || o.DB != 2 || o.ReplicaAcks != 1 || !o.UnsafeDurability || o.Timeout != 50*time.Millisecond {
		t.Errorf("the options are %+v", o)
	}
	if s.Password != "{file."+file+"}" {
		t.Error("the configuration holds the password now")
	}
}

func TestRedisOptionsThatMeanNothingAreRefusedByName(t *testing.T) {
	t.Parallel()
	one := []string{"a:1"}
	for name, c := range map[string]struct {
		store RedisStore
		says  string
	}{
		"an address without a port":         {RedisStore{Addresses: []string{"localhost"}}, "address"},
		"an address without a host":         {RedisStore{Addresses: []string{":6379"}}, "address"},
		"a port that is a word":             {RedisStore{Addresses: []string{"localhost:redis"}}, "address"},
		"a port 0":                          {RedisStore{Addresses: []string{"localhost:0"}}, "address"},
		"several addresses of one primary":  {RedisStore{Addresses: []string{"a:1", "b:1"}}, "address"},
		"a variable that is not there":      {RedisStore{Addresses: []string{"{env.LINKGATE_NOT_SET}:1"}}, "LINKGATE_NOT_SET"},
		"sentinels without an address":      {RedisStore{Sentinel: "main"}, "address"},
		"a cluster without an address":      {RedisStore{Cluster: true}, "address"},
		"a cluster with sentinels":          {RedisStore{Addresses: one, Cluster: true, Sentinel: "main"}, "cluster and sentinel"},
		"another database of a cluster":     {RedisStore{Addresses: one, Cluster: true, DB: 1}, "db"},
		"a negative database":               {RedisStore{DB: -1}, "db"},
		"a user without a password":         {RedisStore{Username: "me"}, "username"},
		"a password that is not there":      {RedisStore{Password: "{env.LINKGATE_NOT_SET}"}, "password"},
		"a prefix with braces":              {RedisStore{Prefix: `a\{b\}`}, "prefix"},
		"a timeout that is too short":       {RedisStore{Timeout: caddy.Duration(time.Millisecond)}, "timeout"},
		"a timeout that is too long":        {RedisStore{Timeout: caddy.Duration(5 * time.Second)}, "timeout"},
		"a negative number of replicas":     {RedisStore{ReplicaAcks: -1}, "replica_acks"},
		"authorities that are not there":    {RedisStore{TLS: &RedisTLS{CAFile: "/nowhere/ca.pem"}}, "ca_file"},
		"authorities that are none":         {RedisStore{TLS: &RedisTLS{CAFile: "stores_redis_test.go"}}, "ca_file"},
		"a certificate without a key":       {RedisStore{TLS: &RedisTLS{CertificateFile: "x.pem"}}, "certificate"},
		"a certificate that is not there":   {RedisStore{TLS: &RedisTLS{CertificateFile: "/nowhere/x", KeyFile: "/nowhere/y"}}, "certificate"},
		"a server name that is not there":   {RedisStore{TLS: &RedisTLS{ServerName: "{env.LINKGATE_NOT_SET}"}}, "server_name"},
		"a sentinel's user alone":           {RedisStore{Addresses: one, Sentinel: "main", SentinelUsername: "me"}, "sentinel_username"},
		"a sentinel's password without one": {RedisStore{SentinelPassword: "x"}, "sentinel_password"},
		"a sentinel's password not there":   {RedisStore{Addresses: one, Sentinel: "main", SentinelPassword: "{env.LINKGATE_NOT_SET}"}, "sentinel_password"},
		"a sentinel name that is not there": {RedisStore{Sentinel: "{env.LINKGATE_NOT_SET}"}, "sentinel"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if _, err := provisioned(t, c.store); err == nil || !strings.Contains(err.Error(), "store redis: ") || !strings.Contains(err.Error(), c.says) {
				t.Errorf("Provision says %v", err)
			}
		})
	}
}

func TestOneRedisHasOneName(t *testing.T) {
	t.Parallel()
	name := func(s RedisStore) string {
		resource, err := mustProvision(t, s).Resource()
		if err != nil {
			t.Fatal(err)
		}
		return resource
	}
	one := RedisStore{Addresses: []string{"a:1", "b:1"}, Sentinel: "main", Password: "x"}
	twin := RedisStore{Addresses: []string{"b:1", "a:1", "b:1"}, Sentinel: "main", Prefix: "linkgate:", Timeout: caddy.Duration(time.Second)}
	if name(one) != name(twin) {
		t.Errorf("%q and %q are one", name(one), name(twin))
	}
	others := map[string]bool{name(one): true}
	for _, s := range []RedisStore{
		{},
		{DB: 1},
		{Prefix: "shop:"},
		{Addresses: []string{"a:1"}},
		{Addresses: []string{"a:1"}, Cluster: true},
		{Addresses: []string{"a:1"}, Sentinel: "main"},
		{Addresses: []string{"a:1", "b:1"}, Sentinel: "other"},
	} {
		if n := name(s); others[n] {
			t.Errorf("%q is the name of two", n)
		} else {
			others[n] = true
		}
	}
}

func TestTheMarksOfTwoRedisesAreTwoFiles(t *testing.T) {
	t.Parallel()
	a, b := mustProvision(t, RedisStore{}), mustProvision(t, RedisStore{Prefix: "shop:"})
	if a.options.Mark == b.options.Mark || a.options.Mark != mustProvision(t, RedisStore{Password: "x"}).options.Mark {
		t.Errorf("the marks are %s and %s", a.options.Mark, b.options.Mark)
	}
}

func TestTheTermsOfARedisTellItsPasswordsApartAndShowNone(t *testing.T) {
	t.Parallel()
	a := mustProvision(t, RedisStore{Username: "me", Password: "s3cr3t-1"})
	b := mustProvision(t, RedisStore{Username: "me", Password: "s3cr3t-2"})
	again := mustProvision(t, RedisStore{Username: "me", Password: "s3cr3t-1"})
	if a.Terms() == b.Terms() || a.Terms() != again.Terms() {
		t.Errorf("the terms are %q and %q", a.Terms(), b.Terms())
	}
	resource, _ := a.Resource()
	for _, text := range []string{a.Terms(), resource} {
		if strings.Contains(text, "s3cr3t") {
			t.Errorf("a password is shown: %s", text)
		}
	}
}

func TestTheTermsOfARedisNameEveryOptionThatItsResourceDoesNot(t *testing.T) {
	t.Parallel()
	plain := mustProvision(t, RedisStore{}).Terms()
	for name, s := range map[string]RedisStore{
		"username":             {Username: "me", Password: "x"},
		"password":             {Password: "x"},
		"sentinel_username me": {Addresses: []string{"a:1"}, Sentinel: "main", SentinelUsername: "me", SentinelPassword: "x"},
		"sentinel_password":    {Addresses: []string{"a:1"}, Sentinel: "main", SentinelPassword: "x"},
		"tls":                  {TLS: &RedisTLS{}},
		"server_name":          {TLS: &RedisTLS{ServerName: "x"}},
		"timeout 2s":           {Timeout: caddy.Duration(2 * time.Second)},
		"replica_acks":         {ReplicaAcks: 1},
		"unsafe":               {UnsafeDurability: true},
		"mark /srv/m":          {Mark: "/srv/m"},
	} {
		if terms := mustProvision(t, s).Terms(); terms == plain || !strings.Contains(terms, name) {
			t.Errorf("%s: the terms are %q", name, terms)
		}
	}
	// A new option has to be in one or the other.
	if n := reflect.TypeFor[RedisStore]().NumField() - 1; n != 14 {
		t.Errorf("a store redis has %d options; this test knows 14", n)
	}
}

func TestARedisThatIsNotThereIsAStoreThatIsOutOfOrder(t *testing.T) {
	t.Parallel()
	s := mustProvision(t, RedisStore{Addresses: []string{"127.0.0.1:1"}, Mark: filepath.Join(t.TempDir(), "made", "mark")})
	app := &App{provider: s, log: caddy.Log(), now: time.Now, opener: new(opener)}
	if err := app.Start(); err != nil {
		t.Errorf("the configuration is refused: %v", err)
	}
	if _, err := app.open(); !passes(err) {
		t.Errorf("it is never tried again after %v", err)
	}
	if err := app.Cleanup(); err != nil {
		t.Error(err)
	}
}
