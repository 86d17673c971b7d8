package caddymodule

import (
	"go.uber.org/zap"

	"github.com/linkgate/linkgate/admin"
	"github.com/linkgate/linkgate/caddymodule/mask"
)

// audit returns what writes down who made, changed or deleted which token, one
// line a call. The lines come from a logger of their own, linkgate.audit, so
// that they can be kept apart:
//
//	{
//		log audit {
//			include linkgate.audit
//			output  file /var/log/linkgate-audit.log
//		}
//	}
//
// Tokens and credentials are named by the fingerprints of the log filter.
func audit(log *zap.Logger) func(admin.AuditEvent) {
	log = log.Named("audit")
	return func(e admin.AuditEvent) {
		fields := []zap.Field{
			zap.String("action", e.Action),
			zap.String("result", string(e.Result)),
			zap.Int("status", e.Status),
			zap.String("client_ip", e.Client),
			zap.Time("received", e.Time),
		}
		if e.Target != "" {
			fields = append(fields, zap.String("token", mask.Fingerprint(e.Target)))
		}
		if e.Presented != "" {
			fields = append(fields, zap.String("credential", mask.Fingerprint(e.Presented)))
		}
		if e.Records > 0 {
			fields = append(fields, zap.Int("records", e.Records))
		}
		if e.CallerUUID != "" {
			fields = append(fields, zap.String("by", e.CallerUUID))
		}
		log.Info("change of tokens", fields...)
	}
}
