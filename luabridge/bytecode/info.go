package bytecode

import (
	lua "github.com/yuin/gopher-lua"

	"savestone/luabridge/syntax"
)

// FuncInfo is what a function's source says of it, for tracebacks and debug.info.
type FuncInfo struct {
	Name          string // as declared, "" when anonymous
	Line, EndLine int
	Params        int
	Variadic      bool
	Main          bool // it is a whole chunk
}

// The name of a function rides in the prototype, as its only entry in the list that gopher-lua's
// own compiler fills with the names of callees, at an address that no call has. So there is no
// table beside the prototypes to share, merge or free.
const (
	namedFunction = -1 - iota
	namedChunk
)

func nameTag(tree *syntax.Function) []lua.DbgCall {
	if tree.Parent == nil {
		return []lua.DbgCall{{Name: tree.Name, Pc: namedChunk}}
	}
	return []lua.DbgCall{{Name: tree.Name, Pc: namedFunction}}
}

// Info describes a function that Compile made, or returns nil for any other.
func Info(p *lua.FunctionProto) *FuncInfo {
	if p == nil || len(p.DbgCalls) != 1 || p.DbgCalls[0].Pc >= 0 {
		return nil
	}
	return &FuncInfo{
		Name: p.DbgCalls[0].Name,
		Line: p.LineDefined, EndLine: p.LastLineDefined,
		Params:   int(p.NumParameters),
		Variadic: p.IsVarArg != 0,
		Main:     p.DbgCalls[0].Pc == namedChunk,
	}
}
