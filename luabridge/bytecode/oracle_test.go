package bytecode_test

import (
	"fmt"
	"math"
	"strings"

	lua "github.com/yuin/gopher-lua"

	"savestone/luabridge/syntax"
)

// oracle runs a tree directly, with the plainest means: every local is a cell of its own. It knows
// what the random programs use. An error in the script is a panic with an oracleError.
type oracle struct {
	printed []string
	fuel    int
	globals map[string]any
}

type (
	oracleError string
	oracleTable map[any]any
	oracleFunc  func(args []any) []any
	cell        struct{ value any }

	// scopes is the locals in scope, the innermost first.
	scopes struct {
		outer *scopes
		local *syntax.Local
		cell  *cell
	}
	// activation is a running function.
	activation struct {
		*oracle
		varargs []any
	}
	outcome uint8 // how a statement ended
)

const (
	wentOn outcome = iota
	broke
	continued
	returned
)

func (s *scopes) declare(l *syntax.Local, value any) *scopes {
	return &scopes{outer: s, local: l, cell: &cell{value}}
}

func (s *scopes) find(l *syntax.Local) *cell {
	for s.local != l {
		s = s.outer
	}
	return s.cell
}

// runOracle returns what a chunk prints until it ends or fails.
func runOracle(chunk *syntax.Function, fuel int) (printed []string) {
	o := &oracle{fuel: fuel, globals: map[string]any{}}
	o.globals["print"] = oracleFunc(func(args []any) []any {
		var parts []string
		for _, a := range args {
			parts = append(parts, oracleText(a))
		}
		o.printed = append(o.printed, strings.Join(parts, " "))
		return nil
	})
	o.globals["tick"] = oracleFunc(func([]any) []any { o.fuel--; return []any{o.fuel > 0} })
	o.globals["num"] = oracleFunc(func(args []any) []any {
		n, _ := args[0].(float64)
		return []any{n}
	})
	o.globals["tab"] = oracleFunc(func(args []any) []any {
		if t, ok := args[0].(oracleTable); ok {
			return []any{t}
		}
		return []any{oracleTable{}}
	})
	o.globals["fn"] = oracleFunc(func(args []any) []any {
		if fn, ok := args[0].(oracleFunc); ok {
			return []any{fn}
		}
		return []any{oracleFunc(func([]any) []any { return nil })}
	})
	o.globals["G"] = oracleTable{}
	defer func() {
		if failure := recover(); failure != nil {
			printed = append(o.printed, "error "+string(failure.(oracleError)))
		}
	}()
	o.closure(chunk, nil)(nil)
	return o.printed
}

func oracleText(v any) string {
	switch v := v.(type) {
	case nil:
		return "nil"
	case float64:
		return text(lua.LNumber(v))
	case oracleTable:
		return "table"
	case oracleFunc:
		return "function"
	}
	return fmt.Sprint(v)
}

func (o *oracle) closure(fn *syntax.Function, outer *scopes) oracleFunc {
	return func(args []any) []any {
		a, s := &activation{oracle: o}, outer
		for i, p := range fn.Params {
			s = s.declare(p, at(args, i))
		}
		a.varargs = args[min(len(fn.Params), len(args)):]
		_, results, _ := a.block(fn.Body, s)
		return results
	}
}

func at(list []any, i int) any {
	if i < len(list) {
		return list[i]
	}
	return nil
}

// block also returns the scopes at its end, for the condition of a repeat loop.
func (a *activation) block(b *syntax.Block, s *scopes) (outcome, []any, *scopes) {
	for _, stat := range b.Stats {
		var o outcome
		var results []any
		if o, results, s = a.statement(stat, s); o != wentOn {
			return o, results, s
		}
	}
	return wentOn, nil, s
}

func (a *activation) statement(stat syntax.Stat, s *scopes) (outcome, []any, *scopes) {
	o, results := wentOn, []any(nil)
	switch x := stat.(type) {
	case *syntax.LocalStat:
		values := a.list(x.Exprs, s)
		for i, v := range x.Vars {
			s = s.declare(v, at(values, i))
		}
	case *syntax.LocalFunction:
		s = s.declare(x.Var, nil)
		s.cell.value = a.closure(x.Fn, s)
	case *syntax.Assign:
		a.assign(x, s)
	case *syntax.CompoundAssign:
		store := a.target(x.Target, s)
		store(arithmeticOf(x.Op, a.one(x.Target, s), a.one(x.Value, s)))
	case *syntax.CallStat:
		a.many(x.Call, s)
	case *syntax.Return:
		return returned, a.list(x.Exprs, s), s
	case *syntax.Break:
		return broke, nil, s
	case *syntax.Continue:
		return continued, nil, s
	case *syntax.Block:
		o, results, _ = a.block(x, s)
	case *syntax.If:
		if truthy(a.one(x.Cond, s)) {
			o, results, _ = a.block(x.Then, s)
		} else if x.Else != nil {
			o, results, _ = a.statement(x.Else, s)
		}
	default:
		o, results = a.loop(stat, s)
	}
	return o, results, s
}

func (a *activation) assign(x *syntax.Assign, s *scopes) {
	var stores []func(any)
	for _, t := range x.Targets {
		stores = append(stores, a.target(t, s))
	}
	values := a.list(x.Exprs, s)
	for i, store := range stores {
		if _, isLocal := x.Targets[i].(*syntax.LocalRef); !isLocal {
			store(at(values, i))
		}
	}
	for i, store := range stores {
		if _, isLocal := x.Targets[i].(*syntax.LocalRef); isLocal {
			store(at(values, i))
		}
	}
}

func (a *activation) target(e syntax.Expr, s *scopes) func(any) {
	switch e := e.(type) {
	case *syntax.LocalRef:
		c := s.find(e.Local)
		return func(v any) { c.value = v }
	case *syntax.GlobalRef:
		return func(v any) { a.globals[e.Name] = v }
	}
	index := e.(*syntax.Index)
	table, key := a.one(index.X, s), a.one(index.Key, s)
	return func(v any) { tableOf(table)[key] = v }
}

func tableOf(v any) oracleTable {
	t, ok := v.(oracleTable)
	if !ok {
		panic(oracleError("index"))
	}
	return t
}

// loop runs all kinds of loops as: prepare a turn, run the body, test.
func (a *activation) loop(stat syntax.Stat, s *scopes) (outcome, []any) {
	turns := func(body *syntax.Block, begin func() (*scopes, bool), again func(*scopes) bool) (
		outcome, []any,
	) {
		for {
			inner, ok := begin()
			if !ok {
				return wentOn, nil
			}
			o, results, end := a.block(body, inner)
			if o == returned {
				return o, results
			}
			if o == broke || !again(end) {
				return wentOn, nil
			}
		}
	}
	always := func(*scopes) bool { return true }
	switch x := stat.(type) {
	case *syntax.While:
		return turns(x.Body, func() (*scopes, bool) { return s, truthy(a.one(x.Cond, s)) }, always)
	case *syntax.Repeat:
		return turns(x.Body, func() (*scopes, bool) { return s, true },
			func(end *scopes) bool { return !truthy(a.one(x.Cond, end)) })
	case *syntax.NumericFor:
		i, to := a.one(x.From, s).(float64), a.one(x.To, s).(float64)
		step := 1.0
		if x.Step != nil {
			step = a.one(x.Step, s).(float64)
		}
		i -= step
		return turns(x.Body, func() (*scopes, bool) {
			i += step
			return s.declare(x.Var, i), step > 0 && i <= to || step <= 0 && i >= to
		}, always)
	}
	x := stat.(*syntax.GenericFor)
	table, i := tableOf(a.one(x.Exprs[0], s)), 0.0
	return turns(x.Body, func() (*scopes, bool) {
		i++
		inner := s.declare(x.Vars[0], i).declare(x.Vars[1], table[i])
		return inner, table[i] != nil
	}, always)
}

func truthy(v any) bool { return v != nil && v != false }

func (a *activation) one(e syntax.Expr, s *scopes) any { return at(a.many(e, s), 0) }

func (a *activation) list(es []syntax.Expr, s *scopes) (values []any) {
	for i, e := range es {
		if i == len(es)-1 {
			return append(values, a.many(e, s)...)
		}
		values = append(values, a.one(e, s))
	}
	return values
}

func (a *activation) many(e syntax.Expr, s *scopes) []any {
	switch e := e.(type) {
	case *syntax.Vararg:
		return a.varargs
	case *syntax.Call:
		fn, ok := a.one(e.Fn, s).(oracleFunc)
		args := a.list(e.Args, s)
		if !ok {
			panic(oracleError("call"))
		}
		return fn(args)
	}
	return []any{a.single(e, s)}
}

func (a *activation) single(e syntax.Expr, s *scopes) any {
	switch e := e.(type) {
	case *syntax.Nil:
		return nil
	case *syntax.Bool:
		return e.Value
	case *syntax.Number:
		return e.Value
	case *syntax.String:
		return e.Value
	case *syntax.Paren:
		return a.one(e.X, s)
	case *syntax.LocalRef:
		return s.find(e.Local).value
	case *syntax.GlobalRef:
		return a.globals[e.Name]
	case *syntax.Function:
		return a.closure(e, s)
	case *syntax.Index:
		return tableOf(a.one(e.X, s))[a.one(e.Key, s)]
	case *syntax.Unary:
		if e.Op == syntax.Neg {
			return -a.one(e.X, s).(float64)
		}
		return !truthy(a.one(e.X, s))
	case *syntax.IfExpr:
		if truthy(a.one(e.Cond, s)) {
			return a.one(e.Then, s)
		}
		return a.one(e.Else, s)
	case *syntax.Table:
		return a.table(e, s)
	}
	return a.binary(e.(*syntax.Binary), s)
}

func (a *activation) table(e *syntax.Table, s *scopes) any {
	t, n := oracleTable{}, 0.0
	for i, item := range e.Items {
		if item.Key != nil {
			t[a.one(item.Key, s)] = a.one(item.Value, s)
			continue
		}
		values := a.many(item.Value, s)
		if i < len(e.Items)-1 {
			values = []any{at(values, 0)}
		}
		for _, v := range values {
			n++
			t[n] = v
		}
	}
	return t
}

func (a *activation) binary(e *syntax.Binary, s *scopes) any {
	left := a.one(e.L, s)
	switch {
	case e.Op == syntax.And && !truthy(left), e.Op == syntax.Or && truthy(left):
		return left
	}
	right := a.one(e.R, s)
	switch e.Op {
	case syntax.And, syntax.Or:
		return right
	case syntax.Equal, syntax.NotEqual:
		return same(left, right) == (e.Op == syntax.Equal)
	}
	return arithmeticOf(e.Op, left, right)
}

func same(a, b any) bool {
	switch a.(type) {
	case oracleTable, oracleFunc:
		return fmt.Sprintf("%p", a) == fmt.Sprintf("%p", b) // the programs compare none of these
	}
	return a == b
}

func arithmeticOf(op syntax.BinOp, left, right any) any {
	if op == syntax.Concat {
		return oracleText(left) + oracleText(right)
	}
	a, ok1 := left.(float64)
	b, ok2 := right.(float64)
	if !ok1 || !ok2 {
		panic(oracleError("arithmetic"))
	}
	switch op {
	case syntax.Add:
		return a + b
	case syntax.Sub:
		return a - b
	case syntax.FloorDiv:
		return math.Floor(a / b)
	case syntax.Less:
		return a < b
	case syntax.LessEqual:
		return a <= b
	case syntax.Greater:
		return a > b
	case syntax.GreaterEqual:
		return a >= b
	}
	panic(fmt.Sprintf("oracle: operator %s", op))
}
