package rojo

import (
	"path/filepath"
	"strings"
)

// becomeScript makes a node a script. Old-style scripts run by where they stand, new ones by their
// RunContext; emitLegacyScripts chooses between them.
func becomeScript(node *Node, kind fileKind, legacy bool, path string, data []byte) {
	class, context := "Script", ""
	switch kind {
	case kindServerScript:
		context = "Server"
		if legacy {
			context = "Legacy"
		}
	case kindLegacyServerScript:
		context = "Legacy"
	case kindRunContextServerScript:
		context = "Server"
	case kindClientScript:
		context = "Client"
		if legacy {
			class, context = "LocalScript", ""
		}
	case kindLegacyClientScript:
		class = "LocalScript"
	case kindRunContextClientScript:
		context = "Client"
	case kindPluginScript:
		context = "Plugin"
	default:
		class = "ModuleScript"
	}
	node.ClassName = class
	if context != "" {
		node.Properties = set(node.Properties, "RunContext", context)
	}
	node.Source = &Source{
		Text: strings.ReplaceAll(string(data), "\r\n", "\n"),
		File: filepath.ToSlash(path),
	}
}
