package bytecode

import (
	lua "github.com/yuin/gopher-lua"

	"savestone/luabridge/syntax"
)

// itemsPerFlush is how many list items SETLIST stores at a time, fixed in the machine.
const itemsPerFlush = 50

// table compiles a constructor. The list items gather in the registers behind the table's until
// they are flushed.
func (f *function) table(e *syntax.Table, dst int) {
	fields := 0
	for _, item := range e.Items {
		fields += bit(item.Key != nil)
	}
	r := f.frame(dst)
	f.abc(lua.OP_NEWTABLE, r, min(len(e.Items)-fields, argMax), min(fields, argMax))
	stored := 0
	for i, item := range e.Items {
		last := i == len(e.Items)-1
		switch {
		case item.Key != nil:
			f.tableField(r, item)
		case last && multiple(item.Value) != nil:
			f.pushMultiple(item.Value, open)
			f.flushItems(r, stored, open)
			f.top = r + 1
		default:
			f.push(item.Value)
		}
		if pending := f.top - (r + 1); pending == itemsPerFlush || last && pending > 0 {
			f.flushItems(r, stored, pending)
			stored += pending
			f.top = r + 1
		}
	}
	f.move(dst, r)
}

func (f *function) tableField(table int, item syntax.TableItem) {
	mark := f.top
	op := lua.OP_SETTABLE
	if f.isString(item.Key) {
		op = lua.OP_SETTABLEKS
	}
	key := f.operand(item.Key)
	value := f.constOperand(item.Value)
	f.line = item.Key.At().Line
	f.abc(op, table, key, value)
	f.top = mark
}

// flushItems stores the items behind the table. The place of the first is a number of batches; one
// that does not fit the instruction follows it as a word of its own.
func (f *function) flushItems(table, stored, pending int) {
	count := pending
	if pending == open {
		count = 0
	}
	batch := stored/itemsPerFlush + 1
	if batch <= argMax {
		f.abc(lua.OP_SETLIST, table, count, batch)
		return
	}
	f.abc(lua.OP_SETLIST, table, count, 0)
	f.emit(uint32(batch))
}
