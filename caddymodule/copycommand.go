package caddymodule

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"os"

	"github.com/caddyserver/caddy/v2"
	caddycmd "github.com/caddyserver/caddy/v2/cmd"
	"github.com/spf13/cobra"

	"github.com/linkgate/linkgate/store"
	"github.com/linkgate/linkgate/store/transfer"
)

// copyCommand is `caddy linkgate copy`.
func copyCommand() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "copy --from badger|redis --to badger|redis --to-address <interface> [--from-address <interface>]",
		Short: "Copies all tokens from one store into another one",
		Long: `
Copies every record with its counter, and the keys by which JWTs and sessions
are signed, from the store of one running instance into that of another one on
this machine, and compares the two at the end by a digest. For a target on
another machine, lead its admin endpoint here, as with ssh -L.

It can be made again at any time, and goes on where it broke off: what is there
already is skipped, what the source has counted or changed since is brought up
to date, and a counter at the target never goes down. So a store moves with a
stop of seconds:

  1. Start an instance with the new store beside the old one.
  2. Make the copy, while the old one serves.
  3. Take the gates off the old one: answer 503 in their place, and reload.
  4. Make the copy again. It exits with 0 where both have the same digest.
  5. Let the requests go to the new one.

The target keeps its own first credential. A target that has tokens keeps its
own keys too, unless --replace-keys says otherwise: JWTs that were signed with
them become unknown then. Tokens that were deleted at the source after an
earlier copy are named, and deleted with --prune.

Exits with 1 where the two are not the same in the end.
`,
		Args:    cobra.NoArgs,
		RunE:    caddycmd.WrapCommandFuncForCobra(runCopy),
		Example: "  caddy linkgate copy --from badger --to redis --from-address localhost:2019 --to-address localhost:2020",
	}
	cmd.Flags().String("from", "", "The kind of store that the source has: badger or redis")
	cmd.Flags().String("to", "", "The kind of store that the target has: badger or redis")
	cmd.Flags().String("from-address", "", "The address of the admin API of the source (default: that of --address or --config)")
	cmd.Flags().String("to-address", "", "The address of the admin API of the target")
	cmd.Flags().Bool("replace-keys", false, "Replace keys of a target that has tokens")
	cmd.Flags().Bool("prune", false, "Delete tokens that only the target has")
	return cmd
}

func runCopy(fl caddycmd.Flags) (int, error) {
	for _, name := range []string{"from", "to", "to-address"} {
		if fl.String(name) == "" {
			return caddy.ExitCodeFailedStartup, fmt.Errorf("--%s is required", name)
		}
	}
	source := fl.String("from-address")
	if source == "" {
		var err error
		if source, err = adminAddress(fl); err != nil {
			return caddy.ExitCodeFailedStartup, err
		}
	}
	c := &copier{
		from: remoteEnd(source), to: remoteEnd(fl.String("to-address")),
		fromKind: fl.String("from"), toKind: fl.String("to"),
		replaceKeys: fl.Bool("replace-keys"), prune: fl.Bool("prune"), out: os.Stdout,
	}
	if err := c.run(); err != nil {
		return caddy.ExitCodeFailedStartup, err
	}
	return caddy.ExitCodeSuccess, nil
}

// A remoteEnd is a running instance, by the address of its admin endpoint.
type remoteEnd string

func (e remoteEnd) describe() (side copySide, err error) {
	_, err = e.ask("store", nil, &side)
	return side, err
}

func (e remoteEnd) values() (rows []byte, err error) {
	_, err = e.ask("values", nil, &rows)
	return rows, err
}

func (e remoteEnd) records(after string) (rows []byte, next string, err error) {
	next, err = e.ask("records?after="+url.QueryEscape(after), nil, &rows)
	return rows, next, err
}

func (e remoteEnd) takeValues(rows []byte, mayReplace bool) (tally transfer.Tally, err error) {
	path := "take-values"
	if mayReplace {
		path += "?replace=yes"
	}
	_, err = e.ask(path, rows, &tally)
	return tally, err
}

func (e remoteEnd) take(rows []byte) (tally transfer.Tally, err error) {
	_, err = e.ask("take", rows, &tally)
	return tally, err
}

func (e remoteEnd) valueSums() ([]transfer.Value, error) {
	var rows []byte
	if _, err := e.ask("value-sums", nil, &rows); err != nil {
		return nil, err
	}
	return transfer.Read[transfer.Value](rows, maxValues)
}

func (e remoteEnd) sums(after string) ([]transfer.Sum, string, error) {
	var rows []byte
	next, err := e.ask("sums?after="+url.QueryEscape(after), nil, &rows)
	if err != nil {
		return nil, "", err
	}
	sums, err := transfer.Read[transfer.Sum](rows, store.MaxPage)
	return sums, next, err
}

func (e remoteEnd) prune(sums []transfer.Sum) (int, error) {
	var rows bytes.Buffer
	if err := transfer.Write(&rows, sums); err != nil {
		return 0, err
	}
	var answer struct {
		Pruned int `json:"pruned"`
	}
	_, err := e.ask("prune", rows.Bytes(), &answer)
	return answer.Pruned, err
}

// ask makes one call. The answer goes into a []byte as it is, and into anything
// else as JSON.
func (e remoteEnd) ask(path string, body []byte, into any) (next string, err error) {
	header := http.Header{
		"Content-Type": {"application/x-ndjson"},
		// Each request has a client of its own, which would keep it open.
		"Connection": {"close"},
	}
	resp, err := caddycmd.AdminAPIRequest(string(e), http.MethodPost, "/linkgate/copy/"+path, header, bytes.NewReader(body))
	if err != nil {
		return "", err
	}
	defer resp.Body.Close()
	text, err := io.ReadAll(io.LimitReader(resp.Body, maxCopyBody+1))
	switch {
	case err != nil:
		return "", fmt.Errorf("reading the answer: %w", err)
	case len(text) > maxCopyBody:
		return "", fmt.Errorf("reading the answer: it is longer than %d bytes", maxCopyBody)
	}
	if rows, ok := into.(*[]byte); ok {
		*rows = text
		return resp.Header.Get(copyNext), nil
	}
	if json.Unmarshal(text, into) != nil {
		return "", errors.New("reading the answer: it is not what a Linkgate of this version says")
	}
	return "", nil
}

// Interface guards
var _ copyEnd = remoteEnd("")
