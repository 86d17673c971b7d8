package caddymodule

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"go.uber.org/zap"
	"go.uber.org/zap/zaptest/observer"

	"github.com/linkgate/linkgate/admin"
	"github.com/linkgate/linkgate/caddymodule/mask"
	"github.com/linkgate/linkgate/store"
)

func TestTheAuditNamesEverybodyByFingerprint(t *testing.T) {
	t.Parallel()
	core, logs := observer.New(zap.InfoLevel)
	token, credential := store.NewLink(), store.NewLink()
	at := time.Date(2026, 11, 22, 12, 0, 0, 0, time.UTC)
	audit(zap.New(core).Named("linkgate"))(admin.AuditEvent{
		Time: at, Action: "deleteToken", Target: token, Presented: credential, CallerUUID: "a-uuid",
		Client: "192.0.2.7", Status: 200, Result: admin.AuditDone,
	})
	entries := logs.All()
	if len(entries) != 1 || entries[0].LoggerName != "linkgate.audit" {
		t.Fatalf("got %v", entries)
	}
	got := entries[0].ContextMap()
	for name, want := range map[string]any{
		"action": "deleteToken", "result": "done", "status": int64(200), "client_ip": "192.0.2.7", "received": at,
		"token": mask.Fingerprint(token), "credential": mask.Fingerprint(credential), "by": "a-uuid",
	} {
		if got[name] != want {
			t.Errorf("%s is %v, want %v", name, got[name], want)
		}
	}
	if text := fmt.Sprint(entries[0]); strings.Contains(text, token) || strings.Contains(text, credential) {
		t.Errorf("a link is shown: %s", text)
	}
}

func TestTheAuditLeavesOutWhatIsNotKnown(t *testing.T) {
	t.Parallel()
	core, logs := observer.New(zap.InfoLevel)
	audit(zap.New(core))(admin.AuditEvent{Action: "createTokens", Records: 7, Status: 200, Result: admin.AuditDone})
	got := logs.All()[0].ContextMap()
	for _, name := range []string{"token", "credential", "by"} {
		if _, ok := got[name]; ok {
			t.Errorf("%s is %v", name, got[name])
		}
	}
	if got["records"] != int64(7) {
		t.Errorf("records is %v", got["records"])
	}
}
