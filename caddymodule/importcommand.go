package caddymodule

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"os"

	"github.com/caddyserver/caddy/v2"
	caddycmd "github.com/caddyserver/caddy/v2/cmd"
	"github.com/spf13/cobra"

	"github.com/linkgate/linkgate/admin"
)

// importCommand is `caddy linkgate import`.
func importCommand() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "import --from flextype [--names] <dir|file>",
		Short: "Takes over the tokens of a Flextype application",
		Long: `
Takes over the tokens of a Flextype application, with their ids, counters,
limits and hashes: links and access tokens go on working. Give it

  a directory with <id>/token.yaml for each token (project/entries/tokens),
  one such token.yaml, or
  a .json file: a list of records, an object of records by "tokens/<id>", or
  one record. Flextype's API answers so to
  GET /api/v1/entries?id=tokens&options[collection]=true

Stop the application first, or its counters go on without Linkgate. A token
that Linkgate has already stays what it is, so that an import can be made
again. What is not taken over is listed with the reason. Ids are shown as the
fingerprints of the log filter, because whoever knows an id has a link; --names
shows them as they are.

Exits with 0 where everything is there now, and with 1 where something was
refused or the import ended early.
`,
		Args: cobra.ExactArgs(1),
		RunE: caddycmd.WrapCommandFuncForCobra(runImport),
	}
	cmd.Flags().String("from", "", "The system that the tokens come from: flextype")
	cmd.Flags().Bool("names", false, "Show file names with the ids in them")
	return cmd
}

func runImport(fl caddycmd.Flags) (int, error) {
	if from := fl.String("from"); from != fromFlextype {
		return caddy.ExitCodeFailedStartup, errors.New("--from has to be " + fromFlextype)
	}
	address, err := adminAddress(fl)
	if err != nil {
		return caddy.ExitCodeFailedStartup, err
	}
	i := &importer{
		send:  func(rows []byte) ([]admin.Imported, error) { return sendImport(address, rows) },
		out:   os.Stdout,
		names: fl.Bool("names"),
	}
	if err := i.run(fl.Arg(0)); err != nil {
		return caddy.ExitCodeFailedStartup, err
	}
	return caddy.ExitCodeSuccess, nil
}

// sendImport has rows imported by the running instance.
func sendImport(address string, rows []byte) ([]admin.Imported, error) {
	header := http.Header{
		"Content-Type": {"application/x-ndjson"},
		// Each request has a client of its own, which would keep it open.
		"Connection": {"close"},
	}
	resp, err := caddycmd.AdminAPIRequest(address, http.MethodPost, "/linkgate/import?from="+fromFlextype, header, bytes.NewReader(rows))
	if err != nil {
		return nil, err
	}
	defer resp.Body.Close()
	var results []admin.Imported
	if err := json.NewDecoder(resp.Body).Decode(&results); err != nil {
		return nil, fmt.Errorf("reading the answer: %w", err)
	}
	return results, nil
}
