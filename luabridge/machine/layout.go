package machine

import (
	"fmt"
	"reflect"
	"strings"
	"sync"
	"unsafe"

	lua "github.com/yuin/gopher-lua"
)

// The types below are gopher-lua's own, field by field, for those that it does not export or whose
// fields it does not. SelfTest compares them with the originals.

type state struct {
	g            *lua.Global
	parent       *lua.LState
	env          *lua.LTable
	panic        func(*lua.LState)
	dead         bool
	options      lua.Options
	stop         int32
	reg          *registry
	stack        frameStack
	alloc        unsafe.Pointer
	currentFrame *frame
	wrapped      bool
	uvcache      *upvalue // the open upvalues, by index
	hasErrorFunc bool
	mainLoop     func(*lua.LState, *frame)
	ctx          [2]unsafe.Pointer
	ctxCancelFn  func()
}

type registry struct {
	array   []lua.LValue
	top     int
	growBy  int
	maxSize int
	alloc   unsafe.Pointer
	handler [2]unsafe.Pointer
}

type frame struct {
	idx        int
	fn         *lua.LFunction
	parent     *frame
	pc         int
	base       int
	localBase  int
	returnBase int
	nargs      int
	nret       int
	tailCall   int
}

// frameStack is an interface, which for our states holds a *growingStack.
type frameStack struct {
	kind unsafe.Pointer
	data *growingStack
}

type growingStack struct {
	segments []*segment
	segIdx   uint16 // of the segment in use
	segSp    uint8  // frames in it
}

type segment struct{ array [lua.FramesPerSegment]frame }

type upvalue struct {
	next   *upvalue
	reg    *registry
	index  int
	value  lua.LValue
	closed bool
}

type table struct {
	metatable lua.LValue
	array     []lua.LValue
	dict      map[lua.LValue]lua.LValue
	strdict   map[string]lua.LValue
	keys      []lua.LValue // of both maps, by first insertion; some may be gone
	k2i       map[lua.LValue]int
}

func stateOf(L *lua.LState) *state        { return (*state)(unsafe.Pointer(L)) }
func tableOf(t *lua.LTable) *table        { return (*table)(unsafe.Pointer(t)) }
func (u *upvalue) original() *lua.Upvalue { return (*lua.Upvalue)(unsafe.Pointer(u)) }

// SelfTest checks that the gopher-lua in this program is laid out as this package believes.
var SelfTest = sync.OnceValue(func() error {
	stack := reflect.ValueOf(sampleState()).Elem().FieldByName("stack").Elem().Type()
	for _, pair := range [][2]reflect.Type{
		{reflect.TypeFor[*state](), reflect.TypeFor[*lua.LState]()},
		{reflect.TypeFor[*growingStack](), stack},
		{reflect.TypeFor[*upvalue](), reflect.TypeFor[*lua.Upvalue]()},
		{reflect.TypeFor[*table](), reflect.TypeFor[*lua.LTable]()},
	} {
		if err := sameLayout(pair[0], pair[1], map[reflect.Type]bool{}); err != nil {
			return fmt.Errorf("gopher-lua is not the release that savestone is made for: %w", err)
		}
	}
	return checkNumberWords()
})

func sampleState() *lua.LState {
	return lua.NewState(lua.Options{
		SkipOpenLibs: true, MinimizeStackMemory: true, CallStackSize: 8, RegistrySize: 128,
	})
}

// sameLayout tells where ours differs from theirs.
func sameLayout(ours, theirs reflect.Type, seen map[reflect.Type]bool) error {
	if ours == theirs || seen[ours] || ours.Kind() == reflect.UnsafePointer {
		return nil
	}
	seen[ours] = true
	interfaceWords := ours.Size() == 16 && theirs.Kind() == reflect.Interface
	if interfaceWords || ours.Kind() == reflect.Func && theirs.Kind() == reflect.Func {
		return nil
	}
	if ours.Kind() != theirs.Kind() || ours.Size() != theirs.Size() {
		return fmt.Errorf("got %s of %d bytes, want %s of %d bytes",
			theirs, theirs.Size(), ours, ours.Size())
	}
	switch ours.Kind() {
	case reflect.Pointer, reflect.Slice, reflect.Array:
		return sameLayout(ours.Elem(), theirs.Elem(), seen)
	case reflect.Map:
		if ours.Key() != theirs.Key() || ours.Elem() != theirs.Elem() {
			return fmt.Errorf("got %s, want %s", theirs, ours)
		}
	case reflect.Struct:
		return sameFields(ours, theirs, seen)
	}
	return nil
}

func sameFields(ours, theirs reflect.Type, seen map[reflect.Type]bool) error {
	if ours.NumField() != theirs.NumField() {
		return fmt.Errorf("%s: got %d fields, want %d", theirs, theirs.NumField(), ours.NumField())
	}
	for i := range ours.NumField() {
		got, want := theirs.Field(i), ours.Field(i)
		if !strings.EqualFold(got.Name, want.Name) || got.Offset != want.Offset {
			return fmt.Errorf("%s: got field %s at %d, want %s at %d",
				theirs, got.Name, got.Offset, want.Name, want.Offset)
		}
		if err := sameLayout(want.Type, got.Type, seen); err != nil {
			return fmt.Errorf("%s.%s: %w", theirs, got.Name, err)
		}
	}
	return nil
}
