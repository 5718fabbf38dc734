package bytecode

import lua "github.com/yuin/gopher-lua"

// registersMin is what gopher-lua's own compiler gives the smallest function.
const registersMin = 2

// proto turns a compiled function into what the machine runs.
func (f *function) proto() *lua.FunctionProto {
	p := &lua.FunctionProto{
		SourceName:         f.options.Chunk,
		LineDefined:        f.tree.Line,
		LastLineDefined:    f.tree.End.Line,
		NumUpvalues:        uint8(len(f.upvalues)),
		NumParameters:      uint8(len(f.tree.Params) + bit(f.tree.Self != nil)),
		NumUsedRegisters:   uint8(max(f.highest, registersMin)),
		Code:               f.code,
		Constants:          f.values,
		FunctionPrototypes: f.protos,
		DbgSourcePositions: f.lines,
		DbgCalls:           nameTag(f.tree),
	}
	if f.tree.Variadic {
		p.IsVarArg = lua.VarArgIsVarArg
	}
	for _, l := range f.upvalues {
		p.DbgUpvalues = append(p.DbgUpvalues, l.Name)
	}
	return p
}
