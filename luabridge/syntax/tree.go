package syntax

// Pos is a place in a source text: line and column, both from 1, the column in bytes.
type Pos struct{ Line, Col int }

// At returns the position itself, so that every node that embeds a Pos is a Node.
func (p Pos) At() Pos { return p }

// Node is anything with a place in the source.
type Node interface{ At() Pos }

// Expr is an expression, Stat a statement. Type syntax leaves no trace in the tree.
type (
	Expr interface {
		Node
		expr()
	}
	Stat interface {
		Node
		stat()
	}
)

// Local is a local variable, a parameter or a loop variable; references share one Local.
type Local struct {
	Pos
	Name     string
	Func     *Function // the function whose activation holds the variable
	Const    bool      // declared with const: assigning to it is a parse error
	Captured bool      // a function inside Func refers to it
	Assigned bool      // written after its declaration
}

// The expressions.
type (
	// Nil is the literal nil.
	Nil struct{ Pos }
	// Bool is true or false.
	Bool struct {
		Pos
		Value bool
	}
	// Number is a number literal, already converted.
	Number struct {
		Pos
		Value float64
	}
	// String is a string literal with its escapes resolved; it may hold any bytes.
	String struct {
		Pos
		Value string
	}
	// Vararg is "...".
	Vararg struct{ Pos }
	// LocalRef is a use of a local variable, possibly one of an enclosing function.
	LocalRef struct {
		Pos
		Local *Local
	}
	// GlobalRef is a use of a name that no enclosing scope declares.
	GlobalRef struct {
		Pos
		Name string
	}
	// Paren is (x), x :: T or f<<T>>: the value of X cut to exactly one.
	Paren struct {
		Pos
		X Expr
	}
	// Call is f(args), or with Method set X:Method(args). Pos is where the callee starts.
	Call struct {
		Pos
		Fn        Expr
		Method    string
		MethodPos Pos
		Args      []Expr
		Open      Pos // the opening parenthesis, string or table: a failing call is reported here
		End       Pos // the last character of the call
	}
	// Field is X.Name.
	Field struct {
		Pos
		X       Expr
		Name    string
		NamePos Pos
	}
	// Index is X[Key].
	Index struct {
		Pos
		X, Key Expr
	}
	// Unary is -X, #X or not X.
	Unary struct {
		Pos
		Op UnOp
		X  Expr
	}
	// Binary is L Op R.
	Binary struct {
		Pos
		Op    BinOp
		OpPos Pos
		L, R  Expr
	}
	// IfExpr is "if Cond then Then else Else"; elseif nests in Else.
	IfExpr struct {
		Pos
		Cond, Then, Else Expr
	}
	// Interp is `text{expr}text`: len(Texts) == len(Exprs)+1.
	Interp struct {
		Pos
		Texts []string
		Exprs []Expr
	}
	// Table is a table constructor.
	Table struct {
		Pos
		Items []TableItem
	}
	// TableItem is one entry of a constructor; Key is nil for a list item.
	TableItem struct {
		Key   Expr
		Value Expr
	}
	// Function is a function body. The whole chunk is a Function without parent, with varargs.
	Function struct {
		Pos
		Name     string // for tracebacks: c of "function a.b:c", f of {f = function...}, or ""
		Parent   *Function
		Self     *Local // the hidden first parameter of "function a:b()"
		Params   []*Local
		Variadic bool
		Body     *Block
		End      Pos  // the closing "end"; the end of the file for a chunk
		Native   bool // @native
	}
)

// The statements.
type (
	// Block is a sequence of statements in a scope of its own, also "do ... end".
	Block struct {
		Pos
		Stats []Stat
		End   Pos
	}
	// If is one arm; Else is nil, a *Block or the *If of an elseif.
	If struct {
		Pos
		Cond Expr
		Then *Block
		Else Stat
	}
	// While is "while Cond do Body end".
	While struct {
		Pos
		Cond Expr
		Body *Block
	}
	// Repeat is "repeat Body until Cond"; Cond sees Body's locals.
	Repeat struct {
		Pos
		Body *Block
		Cond Expr
	}
	// NumericFor is "for Var = From, To, Step do Body end"; Step may be nil.
	NumericFor struct {
		Pos
		Var            *Local
		From, To, Step Expr
		Body           *Block
	}
	// GenericFor is "for Vars in Exprs do Body end".
	GenericFor struct {
		Pos
		Vars  []*Local
		Exprs []Expr
		Body  *Block
	}
	// LocalStat is "local Vars = Exprs" or "const Vars = Exprs".
	LocalStat struct {
		Pos
		Vars  []*Local
		Exprs []Expr
	}
	// LocalFunction is "local function Var ..." or "const function Var ...".
	LocalFunction struct {
		Pos
		Var *Local
		Fn  *Function
	}
	// FunctionStat is "function a.b:c() ... end"; Target is a *LocalRef, *GlobalRef or *Field.
	FunctionStat struct {
		Pos
		Target Expr
		Fn     *Function
	}
	// Assign is "Targets = Exprs".
	Assign struct {
		Pos
		Targets, Exprs []Expr
	}
	// CompoundAssign is "Target Op= Value".
	CompoundAssign struct {
		Pos
		Op     BinOp
		Target Expr
		Value  Expr
	}
	// CallStat is a call for its effects.
	CallStat struct {
		Pos
		Call *Call
	}
	// Return is "return Exprs".
	Return struct {
		Pos
		Exprs []Expr
	}
	// Break leaves the innermost loop, Continue starts its next turn.
	Break    struct{ Pos }
	Continue struct{ Pos }
)

// UnOp is a unary operator.
type UnOp uint8

// The unary operators.
const (
	Neg UnOp = iota
	Len
	Not
)

// BinOp is a binary operator.
type BinOp uint8

// The binary operators. Those before Concat have an arithmetic metamethod.
const (
	Add BinOp = iota
	Sub
	Mul
	Div
	FloorDiv
	Mod
	Pow
	Concat
	NotEqual
	Equal
	Less
	LessEqual
	Greater
	GreaterEqual
	And
	Or
)

var binOpText = [...]string{
	"+", "-", "*", "/", "//", "%", "^", "..", "~=", "==", "<", "<=", ">", ">=", "and", "or",
}

// String returns the operator as written.
func (op BinOp) String() string { return binOpText[op] }

func (*Nil) expr()       {}
func (*Bool) expr()      {}
func (*Number) expr()    {}
func (*String) expr()    {}
func (*Vararg) expr()    {}
func (*LocalRef) expr()  {}
func (*GlobalRef) expr() {}
func (*Paren) expr()     {}
func (*Call) expr()      {}
func (*Field) expr()     {}
func (*Index) expr()     {}
func (*Unary) expr()     {}
func (*Binary) expr()    {}
func (*IfExpr) expr()    {}
func (*Interp) expr()    {}
func (*Table) expr()     {}
func (*Function) expr()  {}

func (*Block) stat()          {}
func (*If) stat()             {}
func (*While) stat()          {}
func (*Repeat) stat()         {}
func (*NumericFor) stat()     {}
func (*GenericFor) stat()     {}
func (*LocalStat) stat()      {}
func (*LocalFunction) stat()  {}
func (*FunctionStat) stat()   {}
func (*Assign) stat()         {}
func (*CompoundAssign) stat() {}
func (*CallStat) stat()       {}
func (*Return) stat()         {}
func (*Break) stat()          {}
func (*Continue) stat()       {}
