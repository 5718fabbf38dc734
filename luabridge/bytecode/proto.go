package bytecode

import (
	"fmt"
	"reflect"
	"runtime/debug"
	"slices"
	"unsafe"

	lua "github.com/yuin/gopher-lua"
	"github.com/yuin/gopher-lua/ast"
)

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
	*stringConstants(p) = f.strings
	return p
}

// stringConstants returns the one field of a prototype that gopher-lua does not export: the text of
// each constant that is a string, which the machine uses as name of globals and fields.
func stringConstants(p *lua.FunctionProto) *[]string {
	field := reflect.ValueOf(p).Elem().FieldByName("stringConstants")
	return (*[]string)(unsafe.Pointer(field.UnsafeAddr()))
}

const gopherLua = "github.com/yuin/gopher-lua"

// gopherLuaVersion is the release that this package is written for.
const gopherLuaVersion = "v1.1.2"

// SelfTest checks that the gopher-lua in this program is laid out as this package believes, by
// comparing with what gopher-lua's own compiler makes of a small program.
func SelfTest() error {
	if err := checkLayout(); err != nil {
		found := versionFound()
		return fmt.Errorf("%s: got %s, want %s: %w", gopherLua, found, gopherLuaVersion, err)
	}
	return nil
}

// versionFound returns the version of gopher-lua that is linked in.
func versionFound() string {
	build, ok := debug.ReadBuildInfo()
	if !ok {
		return "an unknown version"
	}
	for _, module := range build.Deps {
		if module.Path != gopherLua {
			continue
		}
		if module.Replace != nil {
			return fmt.Sprintf("%s replaced by %s %s",
				module.Version, module.Replace.Path, module.Replace.Version)
		}
		return module.Version
	}
	return "an unknown version"
}

func checkLayout() error {
	field, ok := reflect.TypeFor[lua.FunctionProto]().FieldByName("stringConstants")
	if !ok {
		return fmt.Errorf("FunctionProto has no field stringConstants")
	}
	if want := reflect.TypeFor[[]string](); field.Type != want {
		return fmt.Errorf("FunctionProto.stringConstants: got type %s, want %s", field.Type, want)
	}
	if lua.FieldsPerFlush != itemsPerFlush {
		return fmt.Errorf("FieldsPerFlush: got %d, want %d", lua.FieldsPerFlush, itemsPerFlush)
	}
	donor, err := donorProto()
	if err != nil {
		return fmt.Errorf("compile the donor: %w", err)
	}
	want := []string{"library", "field", ""}
	if got := *stringConstants(donor); !slices.Equal(got, want) {
		return fmt.Errorf("stringConstants: got %q, want %q", got, want)
	}
	if want := donorCode(); !slices.Equal(donor.Code, want) {
		return fmt.Errorf("code: got %#08x, want %#08x", donor.Code, want)
	}
	return nil
}

// donorProto has gopher-lua compile
//
//	local a = library.field
//	while a < 7 do a = a + 7 end
//	return a
func donorProto() (*lua.FunctionProto, error) {
	a := &ast.IdentExpr{Value: "a"}
	seven := &ast.NumberExpr{Value: "7"}
	library := &ast.IdentExpr{Value: "library"}
	field := &ast.AttrGetExpr{Object: library, Key: &ast.StringExpr{Value: "field"}}
	sum := &ast.ArithmeticOpExpr{Operator: "+", Lhs: a, Rhs: seven}
	return lua.Compile([]ast.Stmt{
		&ast.LocalAssignStmt{Names: []string{"a"}, Exprs: []ast.Expr{field}},
		&ast.WhileStmt{
			Condition: &ast.RelationalOpExpr{Operator: "<", Lhs: a, Rhs: seven},
			Stmts:     []ast.Stmt{&ast.AssignStmt{Lhs: []ast.Expr{a}, Rhs: []ast.Expr{sum}}},
		},
		&ast.ReturnStmt{Exprs: []ast.Expr{a}},
	}, "donor")
}

// donorCode is what donorProto must contain, in this package's encoding.
func donorCode() []uint32 {
	const a, library, field, seven = 0, 0, 1 | operandBit, 2 | operandBit
	var out assembler
	var done label
	out.abx(lua.OP_GETGLOBAL, a, library)
	out.abc(lua.OP_GETTABLEKS, a, a, field)
	loop := len(out.code)
	out.abc(lua.OP_LT, 0, a, seven)
	out.jump(&done)
	out.abc(lua.OP_ADD, a, a, seven)
	out.jumpBack(loop)
	out.place(&done)
	out.abc(lua.OP_RETURN, a, 2, 0)
	out.abc(lua.OP_RETURN, 0, 1, 0)
	return out.code
}
