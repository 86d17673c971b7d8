// Package redis keeps tokens in a Redis or Valkey that several gateways share.
package redis
