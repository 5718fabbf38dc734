package stdlib

// byteSet is a set of bytes, as patterns use them.
type byteSet [4]uint64

func (s *byteSet) has(c byte) bool { return s[c>>6]&(1<<(c&63)) != 0 }

// add puts a range into the set, both ends included.
func (s *byteSet) add(first, last byte) {
	for c := int(first); c <= int(last); c++ {
		s[c>>6] |= 1 << (c & 63)
	}
}

func (s *byteSet) join(other *byteSet) {
	for i := range s {
		s[i] |= other[i]
	}
}

func (s *byteSet) invert() {
	for i := range s {
		s[i] = ^s[i]
	}
}

var anyByte = byteSet{^uint64(0), ^uint64(0), ^uint64(0), ^uint64(0)}

// classSets holds the set for each letter of a class, such as the d of "%d", with the complement
// under the capital letter.
var classSets = func() (sets [256]*byteSet) {
	for letter, ranges := range map[byte][]byte{
		'a': []byte("AZaz"),
		'c': {0, 31, 127, 127},
		'd': []byte("09"),
		'g': []byte("!~"),
		'l': []byte("az"),
		'p': []byte("!/:@[`{~"),
		's': []byte("\t\r  "),
		'u': []byte("AZ"),
		'w': []byte("09AZaz"),
		'x': []byte("09AFaf"),
		'z': {0, 0},
	} {
		set, complement := &byteSet{}, &byteSet{}
		for i := 0; i < len(ranges); i += 2 {
			set.add(ranges[i], ranges[i+1])
		}
		*complement = *set
		complement.invert()
		sets[letter], sets[letter-'a'+'A'] = set, complement
	}
	return sets
}()

func isDigit(c byte) bool { return '0' <= c && c <= '9' }
