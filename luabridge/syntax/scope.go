package syntax

// declared is a variable in scope, with what its name meant before.
type declared struct {
	sym      *symbol
	local    *Local
	shadowed *Local
	serial   int // counts the declarations of the source
}

// binding is a variable that has been read but is not in scope yet.
type binding struct {
	sym   *symbol
	local *Local
}

// declare brings a variable into scope.
func (p *parser) declare(b binding) *Local {
	b.local.Func = p.fn
	p.serial++
	p.scope = append(p.scope, declared{b.sym, b.local, b.sym.local, p.serial})
	b.sym.local = b.local
	return b.local
}

// leave ends the scope of the variables declared since the scope held n of them.
func (p *parser) leave(n int) {
	for i := len(p.scope) - 1; i >= n; i-- {
		d := &p.scope[i]
		d.sym.local = d.shadowed
	}
	p.scope = p.scope[:n]
}

// resolve turns a name into a use of the variable it means here.
func (p *parser) resolve(sym *symbol, at Pos) Expr {
	local := sym.local
	if local == nil {
		return p.nodes.globalRef(at, sym.text)
	}
	if p.jump != nil {
		p.jump.check(p, local)
	}
	if local.Func != p.fn {
		if p.typeFn != nil && !p.insideTypeFunction(local) {
			p.fail(at, "Type function cannot reference outer local '%s'", local.Name)
		}
		local.Captured = local.Captured || p.typeDepth == 0
	}
	return p.nodes.localRef(at, local)
}

// insideTypeFunction tells whether the variable belongs to the type function being parsed.
func (p *parser) insideTypeFunction(local *Local) bool {
	for fn := p.fn; fn != p.typeFn.Parent; fn = fn.Parent {
		if fn == local.Func {
			return true
		}
	}
	return false
}

// assignTo checks that an expression can be assigned to and notes the write.
func (p *parser) assignTo(target Expr) {
	switch target := target.(type) {
	case *LocalRef:
		if target.Local.Const {
			p.fail(target.Pos, "Variable '%s' is constant and may not be reassigned",
				target.Local.Name)
		}
		target.Local.Assigned = true
	case *GlobalRef, *Field, *Index:
	default:
		p.fail(target.At(), "Assigned expression must be a variable or a field")
	}
}

// loop is a loop around the statement being parsed, within its function.
type loop struct {
	continueLine   int // of the first continue, 0 if there is none yet
	continueSerial int // declarations before that continue
}

// pushLoop and popLoop surround the body of a loop.
func (p *parser) pushLoop() { p.loops = append(p.loops, loop{}) }

func (p *parser) popLoop() loop {
	top := len(p.loops) - 1
	l := p.loops[top]
	p.loops = p.loops[:top]
	return l
}

// inLoop tells whether the current function has a loop open.
func (p *parser) inLoop() bool { return len(p.loops) > p.loopBase }

// noteContinue records the first continue of the innermost loop: it skips the most declarations.
func (p *parser) noteContinue(at Pos) {
	l := &p.loops[len(p.loops)-1]
	if l.continueLine == 0 {
		*l = loop{at.Line, p.serial}
	}
}

// jump is a "repeat" with a continue whose condition is being parsed. The condition must not use
// the variables of the body that the continue skips.
type jump struct {
	outer   *jump
	loop    loop
	skipped []declared
	until   Pos // where the condition starts
}

// condition parses the condition after "until"; the body's variables begin at scope[base].
func (p *parser) condition(l loop, base int) Expr {
	if l.continueLine == 0 {
		return p.expr()
	}
	skipped := base
	for skipped < len(p.scope) && p.scope[skipped].serial <= l.continueSerial {
		skipped++
	}
	p.jump = &jump{p.jump, l, p.scope[skipped:], p.tok.pos}
	cond := p.expr()
	p.jump = p.jump.outer
	return cond
}

func (j *jump) check(p *parser, local *Local) {
	for ; j != nil; j = j.outer {
		for _, d := range j.skipped {
			if d.local == local {
				p.fail(j.until, "Local %s used in the repeat..until condition is undefined "+
					"because continue statement on line %d jumps over it",
					local.Name, j.loop.continueLine)
			}
		}
	}
}
