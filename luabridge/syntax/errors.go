package syntax

import "fmt"

// Error says where a source text stops being Luau, in Luau's own words.
type Error struct {
	Pos
	Message string
	Want    string // the token that was expected, as messages quote it; "" when none in particular
	Got     string // the token that stood there; set whenever Want is
}

// Error returns "line:col: message".
func (e *Error) Error() string { return fmt.Sprintf("%d:%d: %s", e.Line, e.Col, e.Message) }

// fail abandons the parse; Parse turns the panic into its error result.
func (p *parser) fail(at Pos, format string, args ...any) {
	panic(&Error{Pos: at, Message: fmt.Sprintf(format, args...)})
}

// failHere reports the current token.
func (p *parser) failHere(format string, args ...any) { p.fail(p.tok.pos, format, args...) }

// failWant reports that the current token is not the wanted one. The format takes both, in the
// order wanted, got.
func (p *parser) failWant(want kind, format string) {
	err := &Error{Pos: p.tok.pos, Want: want.String(), Got: p.tok.String()}
	err.Message = fmt.Sprintf(format, err.Want, err.Got)
	panic(err)
}

// opener is a token that a later one must close.
type opener struct {
	kind kind
	pos  Pos
}

func (p *parser) opener() opener { return opener{p.tok.kind, p.tok.pos} }

// expect consumes the wanted token, or fails naming the construct that needs it.
func (p *parser) expect(want kind, context string) {
	if p.tok.kind != want {
		if context == "" {
			p.failWant(want, "Expected %s, got %s")
		}
		p.failWant(want, "Expected %s when parsing "+context+", got %s")
	}
	p.next()
}

// expectClose consumes the token that closes a bracket.
func (p *parser) expectClose(want kind, open opener) {
	if p.tok.kind != want {
		p.failClose(want, open, "")
	}
	p.next()
}

// expectEnd consumes the keyword that closes a block. A block that ends on another column than it
// began is remembered: when a later "end" is missing, that block is the likely culprit.
func (p *parser) expectEnd(want kind, open opener) {
	if p.tok.kind != want {
		hint := ""
		if p.suspect.pos.Line > open.pos.Line {
			hint = fmt.Sprintf("; did you forget to close %s at line %d?",
				p.suspect.kind, p.suspect.pos.Line)
		}
		p.failClose(want, open, hint)
	}
	at := p.tok.pos
	if at.Line != open.pos.Line && at.Col != open.pos.Col && p.suspect.pos.Line < open.pos.Line {
		p.suspect = open
	}
	p.next()
}

func (p *parser) failClose(want kind, open opener, hint string) {
	place := fmt.Sprintf("line %d", open.pos.Line)
	if open.pos.Line == p.tok.pos.Line {
		place = fmt.Sprintf("column %d", open.pos.Col)
	}
	context := fmt.Sprintf(" (to close %s at %s), got ", open.kind, place)
	p.failWant(want, "Expected %s"+context+"%s"+hint)
}

// depthMax bounds the nesting of a source, and with it the stack of everything that walks a tree.
const depthMax = 1000

// enter counts one level of nesting; the caller puts p.depth back when it leaves.
func (p *parser) enter(construct string) {
	p.depth++
	if p.depth > depthMax {
		p.failHere("Exceeded allowed recursion depth; simplify your %s to make the code compile",
			construct)
	}
}
