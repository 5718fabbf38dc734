package bytecode

import (
	lua "github.com/yuin/gopher-lua"

	"savestone/luabridge/syntax"
)

// globals is what a script does to its globals.
type globals struct {
	dynamic  bool            // it can reach its environment at run time
	assigned map[string]bool // globals it assigns to, or to a field of
}

// scanGlobals looks for everything that could make a library name mean something else.
func scanGlobals(chunk *syntax.Function) globals {
	g := globals{assigned: map[string]bool{}}
	walkBlock(chunk.Body, func(n syntax.Node) {
		switch n := n.(type) {
		case *syntax.GlobalRef:
			switch n.Name {
			case "getfenv", "setfenv", "loadstring", "_G":
				g.dynamic = true
			}
		case *syntax.Assign:
			for _, t := range n.Targets {
				g.assign(t)
			}
		case *syntax.CompoundAssign:
			g.assign(n.Target)
		case *syntax.FunctionStat:
			g.assign(n.Target)
		}
	})
	return g
}

func (g *globals) assign(target syntax.Expr) {
	switch t := target.(type) {
	case *syntax.GlobalRef:
		g.assigned[t.Name] = true
	case *syntax.Field:
		g.assign(t.X)
	case *syntax.Index:
		g.assign(t.X)
	}
}

// importable tells whether a global surely is what the library put there.
func (f *function) importable(name string) bool {
	return f.options.Import != nil && !f.globals.dynamic && !f.globals.assigned[name]
}

// imported returns the library's value for a global, or nil to look it up at run time.
func (f *function) imported(name string) lua.LValue {
	if !f.importable(name) {
		return nil
	}
	return f.options.Import(name)
}

type visitor func(syntax.Node)

// walkBlock visits all statements and expressions in a block, inner functions included.
func walkBlock(b *syntax.Block, visit visitor) {
	for _, s := range b.Stats {
		walkStat(s, visit)
	}
}

func walkStat(s syntax.Stat, visit visitor) {
	visit(s)
	switch s := s.(type) {
	case *syntax.Block:
		walkBlock(s, visit)
	case *syntax.If:
		walkExpr(s.Cond, visit)
		walkBlock(s.Then, visit)
		if s.Else != nil {
			walkStat(s.Else, visit)
		}
	case *syntax.While:
		walkExpr(s.Cond, visit)
		walkBlock(s.Body, visit)
	case *syntax.Repeat:
		walkBlock(s.Body, visit)
		walkExpr(s.Cond, visit)
	case *syntax.NumericFor:
		walkExprs([]syntax.Expr{s.From, s.To}, visit)
		if s.Step != nil {
			walkExpr(s.Step, visit)
		}
		walkBlock(s.Body, visit)
	case *syntax.GenericFor:
		walkExprs(s.Exprs, visit)
		walkBlock(s.Body, visit)
	case *syntax.LocalStat:
		walkExprs(s.Exprs, visit)
	case *syntax.LocalFunction:
		walkExpr(s.Fn, visit)
	case *syntax.FunctionStat:
		walkExpr(s.Target, visit)
		walkExpr(s.Fn, visit)
	case *syntax.Assign:
		walkExprs(s.Targets, visit)
		walkExprs(s.Exprs, visit)
	case *syntax.CompoundAssign:
		walkExpr(s.Target, visit)
		walkExpr(s.Value, visit)
	case *syntax.CallStat:
		walkExpr(s.Call, visit)
	case *syntax.Return:
		walkExprs(s.Exprs, visit)
	}
}

func walkExprs(es []syntax.Expr, visit visitor) {
	for _, e := range es {
		walkExpr(e, visit)
	}
}

func walkExpr(e syntax.Expr, visit visitor) {
	visit(e)
	switch e := e.(type) {
	case *syntax.Paren:
		walkExpr(e.X, visit)
	case *syntax.Call:
		walkExpr(e.Fn, visit)
		walkExprs(e.Args, visit)
	case *syntax.Field:
		walkExpr(e.X, visit)
	case *syntax.Index:
		walkExpr(e.X, visit)
		walkExpr(e.Key, visit)
	case *syntax.Unary:
		walkExpr(e.X, visit)
	case *syntax.Binary:
		walkExpr(e.L, visit)
		walkExpr(e.R, visit)
	case *syntax.IfExpr:
		walkExpr(e.Cond, visit)
		walkExpr(e.Then, visit)
		walkExpr(e.Else, visit)
	case *syntax.Interp:
		walkExprs(e.Exprs, visit)
	case *syntax.Table:
		for _, item := range e.Items {
			if item.Key != nil {
				walkExpr(item.Key, visit)
			}
			walkExpr(item.Value, visit)
		}
	case *syntax.Function:
		walkBlock(e.Body, visit)
	}
}
