package syntax

// symbol is an identifier of the source: one per spelling, so that a name is hashed once, in the
// lexer, and finding its keyword or its variable is a field read from then on.
type symbol struct {
	text  string
	kind  kind   // tokName, or the keyword that the spelling is
	hash  uint32 // of text
	local *Local // the variable that the name means at this point of the parse, nil for a global
}

// symbolTable finds the symbol of a spelling: a hash table with linear probing.
type symbolTable struct {
	slots []*symbol // length is a power of two
	used  int
	spare []symbol // allocated together, not yet in use
}

func newSymbolTable() symbolTable {
	t := symbolTable{slots: make([]*symbol, 256)}
	for k := firstKeyword; k < kindCount; k++ {
		text := kindText[k]
		t.find(text, hashName(text)).kind = k
	}
	return t
}

// hashSeed and hashPrime are those of FNV-1a.
const (
	hashSeed  = 2166136261
	hashPrime = 16777619
)

func hashName(text string) uint32 {
	hash := uint32(hashSeed)
	for i := range len(text) {
		hash = (hash ^ uint32(text[i])) * hashPrime
	}
	return hash
}

// find returns the symbol of a spelling, making it the first time.
func (t *symbolTable) find(text string, hash uint32) *symbol {
	mask := uint32(len(t.slots) - 1)
	i := hash & mask
	for ; t.slots[i] != nil; i = (i + 1) & mask {
		if s := t.slots[i]; s.hash == hash && s.text == text {
			return s
		}
	}
	if len(t.spare) == 0 {
		t.spare = make([]symbol, 64)
	}
	s := &t.spare[0]
	t.spare = t.spare[1:]
	*s = symbol{text: text, kind: tokName, hash: hash}
	t.slots[i] = s
	if t.used++; t.used*2 > len(t.slots) {
		t.grow()
	}
	return s
}

func (t *symbolTable) grow() {
	old := t.slots
	t.slots = make([]*symbol, 2*len(old))
	mask := uint32(len(t.slots) - 1)
	for _, s := range old {
		if s == nil {
			continue
		}
		i := s.hash & mask
		for t.slots[i] != nil {
			i = (i + 1) & mask
		}
		t.slots[i] = s
	}
}
