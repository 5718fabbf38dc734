package stdlib_test

import (
	"testing"

	"github.com/stretchr/testify/require"
	lua "github.com/yuin/gopher-lua"

	"savestone/luabridge/vm"
)

// What the string library is given, it answers or refuses with an error: it never panics otherwise,
// and what string.pack made string.unpack reads.
func FuzzStringLibrary(f *testing.F) {
	for _, seed := range [][2]string{
		{"key = value", "(%w+) = (%w+)"}, {"f(a(b)c)d", "%b()"}, {"THE (quick) fox", "%f[%a]%a+"},
		{"aaa", "^(a-)%1$"}, {"x", "[]^%-]"}, {"()", "(()"}, {"abc", "%"}, {"abc", "[%"},
		{"%d%5.2f%s%q%*", "1"}, {"%-+ #05.3g", "1e300"}, {"<!4 i1 Xi8 s2 z", "text"}, {">I16", "-1"},
	} {
		f.Add(seed[0], seed[1])
	}
	v := newWorld(f, vm.Options{})
	fn, err := v.Load(`
		local a, b = ...
		local function packed(...)
			local ok, data = pcall(string.pack, ...)
			if ok then check(select("#", string.unpack(..., data)) > 0, true) end
		end
		for _, pair in { { a, b }, { b, a } } do
			local x, y = pair[1], pair[2]
			for _, name in { "find", "match", "format", "split", "unpack", "rep" } do
				pcall(string[name], x, y, 1, 2, 3)
			end
			pcall(string.gsub, x, y, "%0%1")
			pcall(string.gsub, x, y, string.upper)
			pcall(function() for c in string.gmatch(x, y) do end end)
			pcall(string.format, x, 1.5, y, -3, {}, nil)
			pcall(string.packsize, x)
			packed(x, 1, 2, 3)
			packed(x, y, y, y)
			for _, f in utf8 do pcall(f, x, 1, -1) end
			tonumber(x)
		end`, "Fuzz", v.Globals)
	require.NoError(f, err)
	f.Fuzz(func(t *testing.T, a, b string) {
		const bytesMax = 200 // a pattern can take time exponential in its length
		if len(a)+len(b) > bytesMax {
			t.Skip()
		}
		_, fault := v.NewThread(fn).Resume(lua.LString(a), lua.LString(b))
		require.Nil(t, fault)
	})
}
