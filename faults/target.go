package faults

import (
	"cmp"

	"savestone/emulator"
)

// partitionsUsual is how many partitions there are unless a rule says otherwise.
const partitionsUsual = 16

// targetOf stands for those that a request shares the weather with: a whole experience, a data
// store, one of its partitions, a server or a key. Rule.Target says which, usual if it does not.
func (r *Rule) targetOf(req *emulator.Request, usual string) uint64 {
	d := digestEmpty.byte(byte(req.Store.Kind)).text(req.Store.Name)
	switch cmp.Or(r.Target, usual) {
	case "store":
		return uint64(d)
	case "partition":
		spread := philox(uint64(d.text(req.Store.Scope).text(req.Key)), [4]uint32{})[0]
		count := uint64(cmp.Or(r.Partitions, partitionsUsual))
		return uint64(digestEmpty.number(uint64(spread) % count))
	case "server":
		return uint64(digestEmpty.text(req.Server))
	case "key":
		return uint64(d.text(req.Store.Scope).text(req.Key))
	}
	return uint64(digestEmpty)
}
