package syntax_test

import (
	"fmt"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"savestone/luabridge/syntax"
)

// example is a source and what must come of it.
type example struct{ source, want string }

// expectParses checks what a source means: the statements of its tree, printed compactly. Globals
// are printed bare, locals as $x, locals of an enclosing function as ^x.
func expectParses(t *testing.T, source, want string) {
	t.Helper()
	chunk, err := syntax.Parse(source)
	require.NoError(t, err, source)
	require.Equal(t, want, printer{chunk}.block(chunk.Body), source)
}

// expectExpr checks what an expression means.
func expectExpr(t *testing.T, source, want string) {
	t.Helper()
	expectParses(t, "return "+source, "(return "+want+")")
}

// expectAccepted checks sources whose tree is of no interest.
func expectAccepted(t *testing.T, sources ...string) {
	t.Helper()
	for _, source := range sources {
		_, err := syntax.Parse(source)
		require.NoError(t, err, source)
	}
}

// expectError checks the place and the text of an error: "line:col: message".
func expectError(t *testing.T, source, want string) {
	t.Helper()
	_, err := syntax.Parse(source)
	require.Error(t, err, source)
	require.Equal(t, want, err.Error(), source)
}

// printer prints the inside of a function.
type printer struct{ fn *syntax.Function }

func list(head string, parts ...string) string {
	kept := []string{head}
	for _, part := range parts {
		if part != "" {
			kept = append(kept, part)
		}
	}
	return "(" + strings.Join(kept, " ") + ")"
}

func (p printer) block(b *syntax.Block) string {
	var parts []string
	for _, s := range b.Stats {
		parts = append(parts, p.stat(s))
	}
	return strings.Join(parts, " ")
}

func (p printer) exprs(exprs []syntax.Expr) string {
	var parts []string
	for _, x := range exprs {
		parts = append(parts, p.expr(x))
	}
	return strings.Join(parts, " ")
}

func locals(locals []*syntax.Local) string {
	var parts []string
	for _, l := range locals {
		parts = append(parts, "$"+l.Name)
	}
	return strings.Join(parts, " ")
}

func (p printer) stat(s syntax.Stat) string {
	switch s := s.(type) {
	case nil:
		return ""
	case *syntax.Block:
		return list("do", p.block(s))
	case *syntax.If:
		then := list("then", p.block(s.Then))
		return list("if", p.expr(s.Cond), then, p.stat(s.Else))
	case *syntax.While:
		return list("while", p.expr(s.Cond), p.block(s.Body))
	case *syntax.Repeat:
		return list("repeat", p.block(s.Body), "until", p.expr(s.Cond))
	case *syntax.NumericFor:
		from, to, step := p.expr(s.From), p.expr(s.To), p.expr(s.Step)
		return list("for", "$"+s.Var.Name, from, to, step, "do", p.block(s.Body))
	case *syntax.GenericFor:
		return list("for", locals(s.Vars), "in", p.exprs(s.Exprs), "do", p.block(s.Body))
	case *syntax.LocalStat:
		return list("local", locals(s.Vars), "=", p.exprs(s.Exprs))
	case *syntax.LocalFunction:
		return list("localfn", "$"+s.Var.Name, p.expr(s.Fn))
	case *syntax.FunctionStat:
		return list("function", p.expr(s.Target), p.expr(s.Fn))
	case *syntax.Assign:
		return list("set", p.exprs(s.Targets), "=", p.exprs(s.Exprs))
	case *syntax.CompoundAssign:
		return list(s.Op.String()+"=", p.expr(s.Target), p.expr(s.Value))
	case *syntax.CallStat:
		return p.expr(s.Call)
	case *syntax.Return:
		return list("return", p.exprs(s.Exprs))
	case *syntax.Break:
		return "break"
	case *syntax.Continue:
		return "continue"
	}
	panic(fmt.Sprintf("statement %T", s))
}

func (p printer) expr(x syntax.Expr) string {
	switch x := x.(type) {
	case nil:
		return ""
	case *syntax.Nil:
		return "nil"
	case *syntax.Bool:
		return strconv.FormatBool(x.Value)
	case *syntax.Number:
		return strconv.FormatFloat(x.Value, 'g', -1, 64)
	case *syntax.String:
		return strconv.Quote(x.Value)
	case *syntax.Vararg:
		return "..."
	case *syntax.LocalRef:
		if x.Local.Func != p.fn {
			return "^" + x.Local.Name
		}
		return "$" + x.Local.Name
	case *syntax.GlobalRef:
		return x.Name
	case *syntax.Paren:
		return list("paren", p.expr(x.X))
	case *syntax.Field:
		return p.expr(x.X) + "." + x.Name
	case *syntax.Index:
		return p.expr(x.X) + "[" + p.expr(x.Key) + "]"
	case *syntax.Call:
		head := p.expr(x.Fn)
		if x.Method != "" {
			head += ":" + x.Method
		}
		return list(head, p.exprs(x.Args))
	case *syntax.Unary:
		return list([]string{"-", "#", "not"}[x.Op], p.expr(x.X))
	case *syntax.Binary:
		return list(x.Op.String(), p.expr(x.L), p.expr(x.R))
	case *syntax.IfExpr:
		return list("if", p.expr(x.Cond), p.expr(x.Then), p.expr(x.Else))
	case *syntax.Interp:
		return p.interp(x)
	case *syntax.Table:
		return p.table(x)
	case *syntax.Function:
		return printFunction(x)
	}
	panic(fmt.Sprintf("expression %T", x))
}

func (p printer) interp(x *syntax.Interp) string {
	parts := []string{strconv.Quote(x.Texts[0])}
	for i, sub := range x.Exprs {
		parts = append(parts, p.expr(sub), strconv.Quote(x.Texts[i+1]))
	}
	return list("interp", parts...)
}

func (p printer) table(x *syntax.Table) string {
	var parts []string
	for _, item := range x.Items {
		part := p.expr(item.Value)
		if item.Key != nil {
			part = p.expr(item.Key) + "=" + part
		}
		parts = append(parts, part)
	}
	return "{" + strings.Join(parts, " ") + "}"
}

func printFunction(fn *syntax.Function) string {
	params := fn.Params
	if fn.Self != nil {
		params = append([]*syntax.Local{fn.Self}, params...)
	}
	names := locals(params)
	if fn.Variadic {
		names = strings.TrimSpace(names + " ...")
	}
	head := "fn"
	if fn.Native {
		head = "native fn"
	}
	if fn.Name != "" {
		head += " " + fn.Name
	}
	return list(head, "["+names+"]", printer{fn}.block(fn.Body))
}

// expectErrorText checks the text of an error whose place is of no interest.
func expectErrorText(t *testing.T, source, want string) {
	t.Helper()
	_, err := syntax.Parse(source)
	var reported *syntax.Error
	require.ErrorAs(t, err, &reported)
	require.Equal(t, want, reported.Message)
}

// expectDeepError checks that a source is refused for its depth, or before that for what it is;
// what matters is that the parser comes back.
func expectDeepError(t *testing.T, source string) {
	t.Helper()
	_, err := syntax.Parse(source)
	var reported *syntax.Error
	require.ErrorAs(t, err, &reported)
}
