package syntax

// functionStat = "function" name {"." name} [":" name] body
func (p *parser) functionStat(native bool) Stat {
	open := p.opener()
	p.next()
	sym, at := p.name("function name")
	target := p.resolve(sym, at)
	name := sym.text
	depth := p.depth
	for p.accept(tokDot) {
		target, name = p.field(target, "field name")
		p.enter("function name")
	}
	p.depth = depth
	method := p.accept(tokColon)
	if method {
		target, name = p.field(target, "method name")
	}
	p.assignTo(target)
	fn := p.function(open, name, method)
	fn.Native = native
	return &FunctionStat{Pos: open.pos, Target: target, Fn: fn}
}

// localFunction = "function" name body, after "local" or "const" at the position given.
func (p *parser) localFunction(at Pos, isConst bool) *LocalFunction {
	open := p.opener()
	if open.pos.Line == at.Line {
		open.pos.Col = at.Col // the "end" is expected below "local"
	}
	function := p.tok.pos
	p.next()
	sym, nameAt := p.name("variable name")
	local := &Local{Pos: nameAt, Name: sym.text, Const: isConst}
	p.declare(binding{sym, local})
	fn := p.function(open, sym.text, false)
	fn.Pos = function
	return &LocalFunction{Pos: at, Var: local, Fn: fn}
}

// function parses a function from its generics on:
//
//	["<" generics ">"] "(" params ")" [":" types] block "end"
func (p *parser) function(open opener, name string, method bool) *Function {
	fn := &Function{Pos: open.pos, Name: name, Parent: p.fn}
	if p.tok.kind == tokLess {
		p.generics(false)
	}
	base := len(p.bindings)
	p.params(fn)
	p.returnAnnotation()
	params := p.bindings[base:]
	p.bindings = p.bindings[:base]

	loopBase, scope := p.loopBase, len(p.scope)
	p.fn, p.loopBase = fn, len(p.loops)
	if method {
		self := p.symbols.find("self", hashName("self"))
		fn.Self = p.declare(binding{self, &Local{Pos: open.pos, Name: "self"}})
	}
	fn.Params = p.localsOf(params)
	for _, param := range params {
		p.declare(param)
	}
	fn.Body = p.block()
	p.leave(scope)
	p.fn, p.loopBase = fn.Parent, loopBase

	fn.End = p.tok.pos
	p.expectEnd(tokEnd, open)
	return fn
}

// params = "(" [paramList] ")"
func (p *parser) params(fn *Function) {
	open := p.opener()
	p.expect(tokOpenParen, "function")
	if p.tok.kind != tokCloseParen {
		p.paramList(fn)
	}
	p.expectClose(tokCloseParen, open)
}

// paramList = binding {"," binding} ["," "..." [":" type]] | "..." [":" type]; the bindings end
// up on top of p.bindings.
func (p *parser) paramList(fn *Function) {
	for {
		if p.accept(tokEllipsis) {
			fn.Variadic = true
			if p.accept(tokColon) {
				p.variadicType()
			}
			return
		}
		p.binding(false)
		if !p.accept(tokComma) {
			return
		}
	}
}

// attributedStat = attributes ("function" | "local" "function" | "const" "function") ...
func (p *parser) attributedStat() Stat {
	at := p.tok.pos
	native := p.attributes()
	isConst := p.isWord("const")
	switch {
	case p.tok.kind == tokFunction:
		return p.functionStat(native)
	case p.tok.kind == tokLocal || isConst:
		p.next()
		if p.tok.kind != tokFunction {
			p.failHere("Expected 'function' after local declaration with attribute, but got %s "+
				"instead", p.tok.String())
		}
		s := p.localFunction(at, isConst)
		s.Fn.Native = native
		return s
	}
	p.failHere("Expected 'function', 'local function', 'const function', 'declare function' or a "+
		"function type declaration after attribute, but got %s instead", p.tok.String())
	return nil
}

// attributedExpr = attributes "function" ...
func (p *parser) attributedExpr() Expr {
	at := p.tok.pos
	native := p.attributes()
	if p.tok.kind != tokFunction {
		p.fail(at, "Expected 'function' declaration after attribute, but got %s instead",
			p.tok.String())
	}
	fn := p.functionExpr()
	fn.Native = native
	return fn
}

func (p *parser) functionExpr() *Function {
	open := p.opener()
	p.next()
	return p.function(open, "", false)
}

// attributes = {"@" name | "@[" attribute {"," attribute} "]"}. Only @native reaches the tree.
func (p *parser) attributes() (native bool) {
	var seen []string
	for {
		switch p.tok.kind {
		case tokAttribute:
			seen = p.checkAttribute(p.tok.text, p.tok.pos, seen)
			p.next()
		case tokAttributeOpen:
			seen = p.attributeList(seen)
		default:
			for _, name := range seen {
				native = native || name == "native"
			}
			return native
		}
	}
}

// attributeList = "@[" name [arguments] {"," name [arguments]} "]"
func (p *parser) attributeList(seen []string) []string {
	open := p.opener()
	p.next()
	if p.tok.kind == tokCloseBracket {
		p.fail(open.pos, "Attribute list cannot be empty")
	}
	for {
		sym, at := p.name("attribute name")
		var args []Expr
		if startsArguments(p.tok.kind) {
			args = p.attributeArguments()
		}
		seen = p.checkAttribute(sym.text, at, seen)
		if sym.text == "deprecated" {
			p.checkDeprecated(at, args)
		}
		if !p.accept(tokComma) {
			break
		}
	}
	p.expectClose(tokCloseBracket, open)
	return seen
}

func (p *parser) attributeArguments() []Expr {
	at := p.tok.pos
	args, _ := p.arguments()
	for _, arg := range args {
		if !literal(arg) {
			p.fail(at, "Only literals can be passed as arguments for attributes")
		}
	}
	return args
}

// literal tells whether an expression is a constant or a table of literals.
func literal(x Expr) bool {
	switch x := x.(type) {
	case *Nil, *Bool, *Number, *String:
		return true
	case *Table:
		for _, item := range x.Items {
			if item.Key != nil && !literal(item.Key) || !literal(item.Value) {
				return false
			}
		}
		return true
	}
	return false
}

// checkAttribute checks the name of an attribute and adds it to those of the same function.
func (p *parser) checkAttribute(name string, at Pos, seen []string) []string {
	switch name {
	case "native", "checked", "deprecated":
	case "":
		p.fail(at, "Attribute name is missing")
	default:
		p.fail(at, "Invalid attribute '@%s'", name)
	}
	for _, other := range seen {
		if other == name {
			p.fail(at, "Cannot duplicate attribute '@%s'", name)
		}
	}
	return append(seen, name)
}

// checkDeprecated checks the arguments of @deprecated: one table with use and reason at most.
func (p *parser) checkDeprecated(at Pos, args []Expr) {
	if len(args) == 0 {
		return
	}
	if len(args) > 1 {
		p.fail(at, "@deprecated can be parametrized only by 1 argument")
	}
	table, ok := args[0].(*Table)
	if !ok {
		p.fail(args[0].At(), "Unknown argument type for @deprecated")
	}
	for _, item := range table.Items {
		key, ok := item.Key.(*String)
		if !ok {
			p.fail(item.Value.At(), "Only constants keys 'use' and 'reason' are allowed for "+
				"@deprecated attribute")
		}
		if key.Value != "use" && key.Value != "reason" {
			p.fail(key.Pos, "Unknown argument '%s' for @deprecated. Only string constants for "+
				"'use' and 'reason' are allowed", key.Value)
		}
		if _, ok := item.Value.(*String); !ok {
			p.fail(item.Value.At(), "Only constant string allowed as value for '%s'", key.Value)
		}
	}
}
