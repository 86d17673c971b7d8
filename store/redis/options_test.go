package redis_test

import (
	"testing"

	"github.com/alicebob/miniredis/v2"

	"github.com/linkgate/linkgate/store/redis"
)

func TestOptionsThatContradictEachOther(t *testing.T) {
	t.Parallel()
	server := miniredis.RunT(t)
	for name, o := range map[string]redis.Options{
		"no address":                    {},
		"several primaries":             {Addresses: []string{server.Addr(), server.Addr()}},
		"a Cluster with Sentinels":      {Addresses: []string{server.Addr()}, Cluster: true, Sentinel: "main"},
		"a Cluster's database":          {Addresses: []string{server.Addr()}, Cluster: true, DB: 1},
		"a negative database":           {Addresses: []string{server.Addr()}, DB: -1},
		"a negative number of replicas": {Addresses: []string{server.Addr()}, ReplicaAcks: -1},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if s, err := redis.Open(t.Context(), o); err == nil {
				_ = s.Close()
				t.Fatal("the store was opened")
			}
		})
	}
}
