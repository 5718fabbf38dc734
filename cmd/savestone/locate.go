package main

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"savestone/luabridge/rojo"
)

// locate tells the project to test and the filters on its spec files.
func locate(project string, args []string) (file string, filters []string, err error) {
	for _, arg := range args {
		info, statErr := os.Stat(arg)
		isProject := strings.HasSuffix(arg, ".project.json") ||
			strings.HasSuffix(arg, ".project.jsonc")
		switch {
		case statErr == nil && (info.IsDir() || isProject) && project == "" && hasProject(arg):
			project = arg
		case statErr != nil && (strings.ContainsAny(arg, `/\`) || isProject):
			return "", nil, usage("%s: no such file or folder; want a Rojo project's folder, a"+
				" project file, or part of a spec file's path", arg)
		default:
			filters = append(filters, filepath.Clean(arg))
			if filepath.IsAbs(arg) { // files are known by their path from here
				filters = append(filters, nearer(filepath.Clean(arg)))
			}
		}
	}
	if project != "" {
		if _, err := os.Stat(project); err != nil {
			return "", nil, usage("--project: %s: no such file or folder", project)
		}
		if file, err = rojo.Find(project); err != nil {
			return "", nil, &exit{exitNothing, err}
		}
		return file, filters, nil
	}
	above := "."
	if len(filters) > 0 {
		if _, err := os.Stat(filters[0]); err == nil {
			above = filepath.Dir(filters[0])
		}
	}
	file, err = findAbove(above)
	return file, filters, err
}

// hasProject reports whether a path is a project file or a folder with one.
func hasProject(path string) bool {
	_, err := rojo.Find(path)
	return err == nil
}

// findAbove looks for a project in a folder and in those above it.
func findAbove(from string) (string, error) {
	folder, err := filepath.Abs(from)
	if err != nil {
		return "", &exit{exitEnvironment, err}
	}
	for {
		if file, err := rojo.Find(folder); err == nil {
			return nearer(file), nil
		}
		if filepath.Dir(folder) == folder {
			return "", &exit{exitNothing, fmt.Errorf("no Rojo project in %s or above it:"+
				" want a folder with a *.project.json", from)}
		}
		folder = filepath.Dir(folder)
	}
}

// nearer names a file from the working folder, where that can be told.
func nearer(file string) string {
	folder, err := os.Getwd()
	if err != nil {
		return file
	}
	if relative, err := filepath.Rel(folder, file); err == nil {
		return relative
	}
	return file
}
