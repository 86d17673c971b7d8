package caddymodule

import (
	"fmt"
	"io"
	"net/http"

	"github.com/caddyserver/caddy/v2"
	caddycmd "github.com/caddyserver/caddy/v2/cmd"
	"github.com/spf13/cobra"
)

// linkgateCommand is `caddy linkgate`. It talks to the running instance and
// never opens the database, which that instance owns.
func linkgateCommand() caddycmd.Command {
	return caddycmd.Command{
		Name:  "linkgate",
		Usage: "health|retire-key|accept-rollback|import|copy [--address <interface>] [--config <path> [--adapter <name>]]",
		Short: "Operates the token gate of the running instance",
		Long: `
Talks to the running Caddy through its admin endpoint.

health says whether uses can be counted right now, and exits with 1 if not.

retire-key forgets the JWT signing key that was made at the first start. A
jwt_key has to be configured. JWTs that the old key signed become unknown;
their links go on working.

accept-rollback goes on with a database that was set back, by an old backup or
by damaged files. Until then tokens with a limit are refused. Uses that are
missing from the counters can be made again: disable or delete the tokens for
which that matters first. The log keeps what was accepted.

import --from flextype <dir|file> takes over the tokens of a Flextype
application: its directory project/entries/tokens, or a JSON file of what its
API lists. See caddy linkgate import --help.

copy --from badger --to redis moves everything from the store of one running
instance into that of another one. See caddy linkgate copy --help.
`,
		CobraFunc: func(cmd *cobra.Command) {
			cmd.PersistentFlags().StringP("address", "", "", "The address of the admin API of the running instance")
			cmd.PersistentFlags().StringP("config", "c", "", "Configuration file to read the admin address from")
			cmd.PersistentFlags().StringP("adapter", "a", "", "Name of config adapter to apply to --config")
			cmd.AddCommand(
				operation("health", "Says whether uses can be counted right now", http.MethodGet),
				operation("retire-key", "Forgets the signing key that the store made", http.MethodPost),
				operation("accept-rollback", "Goes on with a database that was set back", http.MethodPost),
				importCommand(),
				copyCommand(),
			)
		},
	}
}

// operation is a subcommand that makes one call of [Operations].
func operation(name, short, method string) *cobra.Command {
	return &cobra.Command{
		Use:   name,
		Short: short,
		Args:  cobra.NoArgs,
		RunE: caddycmd.WrapCommandFuncForCobra(func(fl caddycmd.Flags) (int, error) {
			address, err := adminAddress(fl)
			if err != nil {
				return caddy.ExitCodeFailedStartup, err
			}
			resp, err := caddycmd.AdminAPIRequest(address, method, "/linkgate/"+name, nil, nil)
			if err != nil {
				return caddy.ExitCodeFailedStartup, err
			}
			defer resp.Body.Close()
			body, err := io.ReadAll(io.LimitReader(resp.Body, 1<<20))
			if err != nil {
				return caddy.ExitCodeFailedStartup, err
			}
			fmt.Print(string(body))
			return caddy.ExitCodeSuccess, nil
		}),
	}
}

// adminAddress is where the admin endpoint of the running instance listens.
func adminAddress(fl caddycmd.Flags) (string, error) {
	address, err := caddycmd.DetermineAdminAPIAddress(fl.String("address"), nil, fl.String("config"), fl.String("adapter"))
	if err != nil {
		return "", fmt.Errorf("finding the admin endpoint: %w", err)
	}
	return address, nil
}
