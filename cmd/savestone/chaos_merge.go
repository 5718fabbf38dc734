package main

import (
	"path/filepath"

	"github.com/spf13/cobra"

	"savestone/scenarios/verdict"
)

func chaosMergeCommand() *cobra.Command {
	var out string
	cmd := &cobra.Command{
		Use:   "merge RUN…",
		Short: "Join the shards of a run and judge them as one",
		Long: `Join runs of shards, folders or their report.json. They must be of one plan, system,
seed and version, and no world may be there twice. While a shard is missing, nothing is shown.`,
		Args: cobra.MinimumNArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			var runs []verdict.Run
			for _, path := range args {
				run, err := loadRun(path)
				if err != nil {
					return err
				}
				runs = append(runs, *run)
			}
			merged, err := verdict.Merge(runs...)
			if err != nil {
				return usage("%w", err)
			}
			folder := runFolder{dir: out}
			if out == "" {
				folder.dir = filepath.Join(chaosDir, merged.Name+"-merged")
			}
			if err := folder.open(); err != nil {
				return err
			}
			if err := folder.write(cmd.OutOrStdout(), &merged); err != nil {
				return err
			}
			if code := codeOf(&merged); code != exitOK {
				return &exit{code, nil}
			}
			return nil
		},
	}
	cmd.Flags().StringVar(&out, "out", "", "`FOLDER` for the report (default "+chaosDir+
		"/NAME-merged)")
	return cmd
}
