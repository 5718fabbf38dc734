package main

import (
	_ "embed"
	"fmt"
	"strings"

	"github.com/spf13/cobra"

	"savestone/luabridge/suite"
)

//go:embed types/savestone.d.luau
var luauTypes string

func typesCommand() *cobra.Command {
	var selene bool
	cmd := &cobra.Command{
		Use:   "types",
		Short: "Print definitions of the globals that spec files have, for luau-lsp or selene",
		Long: `Print definitions of the globals that savestone adds to spec files.

	savestone types > savestone.d.luau           for luau-lsp's definitionFiles
	savestone types --selene > savestone.yml     for selene: std = "roblox+savestone"`,
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			text := luauTypes
			if selene {
				text = seleneTypes()
			}
			_, err := fmt.Fprint(cmd.OutOrStdout(), text)
			return err
		},
	}
	cmd.Flags().BoolVar(&selene, "selene", false, "for selene instead of luau-lsp")
	return cmd
}

// seleneTypes makes selene's standard library file of the same globals. Selene checks names and the
// number of arguments; the latter is left open here.
func seleneTypes() string {
	var b strings.Builder
	b.WriteString("---\nname: savestone\nglobals:\n")
	for _, name := range suite.Globals() {
		fmt.Fprintf(&b, "  %s:\n    any: true\n", name)
	}
	return b.String()
}
