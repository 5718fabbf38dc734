// Package bytecode compiles a Luau tree to the bytecode of gopher-lua v1.1.2, for package machine
// to run: gopher-lua's own compiler gets Luau's scopes, assignments and limits wrong.
//
//	chunk, err := syntax.Parse(source)
//	program, err := bytecode.Compile(chunk, bytecode.Options{Chunk: "Main", Helper: helper})
//	fn := state.NewFunctionFromProto(program.Main)
//
// What the machine has no instruction for becomes a call of a Helper: a Go function that sits in
// the constant table, out of the script's reach.
package bytecode

import (
	"fmt"

	lua "github.com/yuin/gopher-lua"

	"savestone/luabridge/syntax"
)

// Helper names a function that compiled code calls by itself.
type Helper uint8

// The helpers, with their arguments and results. All of them raise Luau's errors.
const (
	Concat   Helper = iota // (v1, v2, ...) → v1 .. v2 .. ..., grouped from the right
	Interp                 // (v1, v2, ...) → the text of all values, as tostring gives it, in a row
	FloorDiv               // (a, b) → a // b
	Iter                   // (f, s, c) → the iterator triple of "for ... in f, s, c"
	HelperCount
)

// Options of a compilation.
type Options struct {
	// Chunk is the script's name in error messages, such as "ServerScriptService.Main".
	Chunk string

	// Helper returns the function for each helper; it is required.
	Helper func(Helper) *lua.LFunction

	// Import returns the value of a library name, such as "math.floor", that compiled code may hold
	// as a constant, or nil to have the name looked up each time. A nil Import folds nothing.
	Import func(name string) lua.LValue
}

// Program is a compiled script. Running it does not change it, so that any number of virtual
// machines and goroutines may share it, provided that the helpers and imports are stateless: they
// are constants of the program, the same for all who run it.
type Program struct {
	Main *lua.FunctionProto
}

// Error is a script that is too big for a limit of the machine, in Luau's words.
type Error struct {
	Line    int
	Message string
}

// Error returns "line: message".
func (e *Error) Error() string { return fmt.Sprintf("%d: %s", e.Line, e.Message) }

// Compile translates a parsed chunk. Its error is an *Error.
func Compile(chunk *syntax.Function, o Options) (program *Program, err error) {
	c := &compiler{
		options:   o,
		registers: map[*syntax.Local]int{},
		literals:  map[*syntax.Local]syntax.Expr{},
	}
	if o.Import != nil {
		c.globals = scanGlobals(chunk)
	}
	defer func() {
		switch failure := recover().(type) {
		case nil:
		case *Error:
			err = failure
		default:
			panic(failure)
		}
	}()
	main := c.function(chunk, nil)
	return &Program{Main: main.proto()}, nil
}

// compiler is what the functions of one chunk share.
type compiler struct {
	options   Options
	globals   globals
	registers map[*syntax.Local]int         // where each local lives in its function
	literals  map[*syntax.Local]syntax.Expr // locals that are names for a literal, with no register
}

// function is one function being compiled.
type function struct {
	assembler
	constants
	*compiler
	parent *function
	tree   *syntax.Function

	active  []*syntax.Local // the locals in scope, in order of declaration
	top     int             // the first free register
	bound   int             // registers from here on are temporaries; below are locals
	highest int             // the most registers ever in use

	upvalues     []*syntax.Local
	upvalueIndex map[*syntax.Local]int
	protos       []*lua.FunctionProto
	loop         *loop
}

func (c *compiler) function(tree *syntax.Function, parent *function) *function {
	f := &function{compiler: c, parent: parent, tree: tree}
	f.line = tree.Line
	if tree.Self != nil {
		f.declare(tree.Self)
	}
	for _, p := range tree.Params {
		f.declare(p)
	}
	f.statements(tree.Body)
	f.line = tree.End.Line
	f.abc(lua.OP_RETURN, 0, 1, 0)
	return f
}

// fail abandons the compilation; Compile turns the panic into its error result.
func fail(line int, format string, args ...any) {
	panic(&Error{Line: line, Message: fmt.Sprintf(format, args...)})
}
