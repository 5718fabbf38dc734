package roblox

import (
	"testing"

	"github.com/stretchr/testify/require"
)

const httpPrelude = `local http = game:GetService("HttpService")
`

func TestHttpServiceEncodesAndDecodesJSON(t *testing.T) {
	says(t, httpPrelude+`
		print(http:JSONEncode({b = {1, 2, {}}, a = "é\n"}))
		print(http:JSONEncode("top"), http:JSONEncode(nil), http:JSONEncode(true))
		print(http:JSONEncode({game, print, 1/0, 0/0}))
		local value = http:JSONDecode('{"list": [1, null, 3], "gone": null, "1": {}}')
		print(value.list[1], value.list[2], value.list[3], value.gone, #value["1"])
		print(http:JSONDecode('"x"'), http:JSONDecode("null"))
	`, `{"a":"é\n","b":[1,2,[]]}`, `"top" null true`, "[null,null,inf,nan]",
		"1 nil 3 nil 0", "x nil")
}

func TestHttpServiceRefusesWhatIsNoJSON(t *testing.T) {
	refuses(t, [][2]string{
		{`game:GetService("HttpService"):JSONDecode("{")`, "Can't parse JSON"},
		{`game:GetService("HttpService"):JSONDecode("inf")`, "Can't parse JSON"},
		{`game:GetService("HttpService"):JSONDecode()`, "Argument 1 missing or nil"},
		{`game:GetService("HttpService"):JSONEncode()`, "Argument 1 missing or nil"},
		{`game:GetService("HttpService"):JSONEncode("\255")`, "Can't convert to JSON"},
		{`local t = {}; t[1] = t; game:GetService("HttpService"):JSONEncode(t)`,
			"Can't convert to JSON"},
		{`game:GetService("HttpService"):GetAsync("https://example.com")`,
			"Http requests are not enabled. Enable via game settings " +
				"(savestone keeps scripts off the network)"},
		{`game:GetService("HttpService").HttpEnabled = true`,
			"Unable to assign property HttpEnabled. Property is read only"},
	})
}

func TestHttpServiceEscapesAllButLettersAndDigits(t *testing.T) {
	says(t, httpPrelude+`print(http:UrlEncode("www.Roblox-9.com/ä?x=1 2"))`,
		"www%2ERoblox%2D9%2Ecom%2F%C3%A4%3Fx%3D1%202")
}

func TestGUIDsAreReproducibleAndDifferByServer(t *testing.T) {
	draw := func(o Options) string {
		return newWorld(t, o).run(httpPrelude +
			`print(http:GenerateGUID(false), http:GenerateGUID())`)
	}
	first := draw(Options{JobID: "a", Seed: 1})
	require.Regexp(t, `^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12} \{[0-9a-f-]{36}\}$`, first)
	require.Equal(t, first, draw(Options{JobID: "a", Seed: 1}))
	require.NotEqual(t, first, draw(Options{JobID: "b", Seed: 1}))
	require.NotEqual(t, first, draw(Options{JobID: "a", Seed: 2}))
}
