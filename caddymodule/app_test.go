package caddymodule

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"go.uber.org/zap"
	"go.uber.org/zap/zapcore"
	"go.uber.org/zap/zaptest/observer"
)

func TestSecretsThatStandInTheConfigurationAreWarnedOf(t *testing.T) {
	t.Parallel()
	const good, weak = "correct horse battery staple 0123456789", "abababababababababababababababab"
	file := filepath.Join(t.TempDir(), "jwt.key")
	if err := os.WriteFile(file, []byte(good), 0o600); err != nil {
		t.Fatal(err)
	}
	for name, tt := range map[string]struct {
		secret   string
		warnings []string
		err      string
	}{
		"a secret from a file":            {secret: "{file." + file + "}"},
		"a literal secret":                {secret: good, warnings: []string{"stands in the configuration"}},
		"a literal secret of two letters": {secret: weak, warnings: []string{"stands in the configuration", "can be guessed"}},
		"a secret that is too short":      {secret: "shibboleth", warnings: []string{"stands in the configuration"}, err: "at least 32 are needed"},
		"a variable that is not set":      {secret: "{env.LINKGATE_TEST_NOT_SET}", err: "LINKGATE_TEST_NOT_SET"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			core, logs := observer.New(zapcore.DebugLevel)
			app := &App{log: zap.New(core), JWTKeys: []JWTKey{{ID: "2026-11", Secret: tt.secret}}}
			err := app.resolveKeys()
			if tt.err == "" && err != nil || tt.err != "" && (err == nil || !strings.Contains(err.Error(), tt.err) || !strings.Contains(err.Error(), "2026-11")) {
				t.Errorf("got error %v, want %q and the kid in it", err, tt.err)
			}
			if err != nil && strings.Contains(err.Error(), "shibboleth") {
				t.Error("the error shows the secret")
			}
			if logs.Len() != len(tt.warnings) {
				t.Fatalf("got %d lines, want %d: %v", logs.Len(), len(tt.warnings), logs.All())
			}
			for i, line := range logs.All() {
				if line.Level != zapcore.WarnLevel || !strings.Contains(line.Message, tt.warnings[i]) || line.ContextMap()["kid"] != "2026-11" {
					t.Errorf("got %v, want a warning that the secret %s", line, tt.warnings[i])
				}
				if shown := fmt.Sprint(line.Message, line.ContextMap()); strings.Contains(shown, tt.secret) {
					t.Error("the warning shows the secret")
				}
			}
		})
	}
}
