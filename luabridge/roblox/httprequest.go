package roblox

import (
	"context"
	"net/url"
	"strings"

	lua "github.com/yuin/gopher-lua"

	"savestone/luabridge/machine"
	"savestone/luabridge/vm"
)

// FetchRequest is an HTTP request that a script makes.
type FetchRequest struct {
	Method, URL string
	Header      map[string]string
	Body        string
}

// FetchResponse is the answer to a FetchRequest.
type FetchResponse struct {
	Status  int
	Message string // what the status is called, such as "Not Found"
	Header  map[string]string
	Body    string
}

// openCloudHost is the one host that scripts can reach.
const openCloudHost = "apis.roblox.com"

// openCloudMax is how many requests to Open Cloud a server may make a minute (R223).
const openCloudMax = 2500

// What requests are refused with. The texts but for the first two are assumed.
const (
	httpDisabledText = "Http requests are not enabled. Enable via game settings " +
		"(savestone keeps scripts off the network)"
	openCloudRateText = "Number of Open Cloud requests exceeded limit"
	httpForbiddenText = "HttpService is not allowed to access ROBLOX resources"
	httpHeaderText    = "Header %q is not allowed in requests to Open Cloud"
	httpSecretText    = "Header \"x-api-key\" must be a Secret"
	httpURLText       = "Missing required field Url"
)

// requestAsync is RequestAsync: any status is an answer.
func requestAsync(c Call) int {
	thread := vm.MustYield(c.L)
	options := c.Table(1)
	request := FetchRequest{
		Method: "GET", URL: c.textField(options, "Url"), Body: c.textField(options, "Body"),
	}
	if method := c.textField(options, "Method"); method != "" {
		request.Method = strings.ToUpper(method)
	}
	if request.URL == "" {
		c.Raise(httpURLText)
	}
	isNet := c.checkFetch(request.URL)
	request.Header = c.headers(options.RawGetString("Headers"), isNet)
	answer := c.fetch(thread, request, isNet)
	table := c.Server.VM.NewTable(0, 5)
	machine.SetField(table, "Success", lua.LBool(answer.succeeded()))
	machine.SetField(table, "StatusCode", lua.LNumber(answer.Status))
	machine.SetField(table, "StatusMessage", lua.LString(answer.Message))
	machine.SetField(table, "Headers", c.headerTable(answer.Header))
	machine.SetField(table, "Body", lua.LString(answer.Body))
	return c.Return(table)
}

// getAsyncHTTP is GetAsync(url, nocache, headers).
func getAsyncHTTP(c Call) int {
	thread := vm.MustYield(c.L)
	request := FetchRequest{Method: "GET", URL: c.String(1)}
	isNet := c.checkFetch(request.URL)
	request.Header = c.headers(c.Value(3), isNet)
	return c.returnBody(c.fetch(thread, request, isNet))
}

// contentTypes are what the items of Enum.HttpContentType stand for.
var contentTypes = map[string]string{
	"ApplicationJson":       "application/json",
	"ApplicationXml":        "application/xml",
	"ApplicationUrlEncoded": "application/x-www-form-urlencoded",
	"TextPlain":             "text/plain",
	"TextXml":               "text/xml",
}

// postAsyncHTTP is PostAsync(url, data, content_type, compress, headers).
func postAsyncHTTP(c Call) int {
	thread := vm.MustYield(c.L)
	request := FetchRequest{Method: "POST", URL: c.String(1), Body: c.String(2)}
	isNet := c.checkFetch(request.URL)
	typ := c.OptEnum(3, "HttpContentType", "ApplicationJson")
	request.Header = c.headers(c.Value(5), isNet)
	if _, given := request.Header["content-type"]; !given {
		request.Header["content-type"] = contentTypes[typ.Name]
	}
	return c.returnBody(c.fetch(thread, request, isNet))
}

func (r FetchResponse) succeeded() bool { return r.Status >= 200 && r.Status < 300 }

// returnBody returns what a successful request was answered with.
func (c Call) returnBody(answer FetchResponse) int {
	if !answer.succeeded() {
		c.Raise("HTTP %d (%s)", answer.Status, answer.Message)
	}
	return c.Return(lua.LString(answer.Body))
}

// checkFetch refuses what a script cannot reach: anything but the part of Open Cloud that is for
// scripts (R223, O10), and what of the network it was let out to, which it tells apart.
func (c Call) checkFetch(address string) (isNet bool) {
	u, err := url.Parse(address)
	if err == nil && c.onNet(u) {
		return true
	}
	if err != nil || u.Scheme != "https" || u.Host != openCloudHost ||
		c.Server.options.Fetch == nil {
		c.Raise(httpDisabledText)
	}
	path := u.Path
	isOpen := strings.HasPrefix(path, "/cloud/v2/") && !strings.HasSuffix(path, ":undelete") ||
		strings.HasPrefix(path, "/messaging-service/v1/")
	if !isOpen || strings.Contains(u.EscapedPath(), "..") || strings.Contains(path, "..") {
		c.Raise(httpForbiddenText)
	}
	return false
}

// fetch sends a request.
func (c Call) fetch(
	thread *vm.Thread, request FetchRequest, isNet bool,
) (answer FetchResponse) {
	if isNet {
		return c.fetchNet(thread, request)
	}
	if !c.Self.Data.(*httpService).calls.allow(c.Server.Now(), openCloudMax) {
		c.Raise(openCloudRateText)
	}
	c.request(thread, func(ctx context.Context) (err error) {
		if err = c.Server.VM.Sim.Sleep(ctx, 0); err == nil { // scripts rely on the call to yield
			answer, err = c.Server.options.Fetch(ctx, request)
		}
		return err
	})
	return answer
}

// textField reads a field that is a string, "" if it is missing.
func (c Call) textField(options *lua.LTable, name string) string {
	value := options.RawGetString(name)
	if value == lua.LNil {
		return ""
	}
	text, ok := acceptString(nil, value)
	if !ok {
		c.cannotCast(value, "string")
	}
	return string(text.(lua.LString))
}

// headers reads the headers of a request, of which Open Cloud takes two, and the key only as a
// Secret (R223).
func (c Call) headers(value lua.LValue, isNet bool) map[string]string {
	if isNet {
		return c.netHeaders(value)
	}
	headers := map[string]string{}
	if value == lua.LNil {
		return headers
	}
	table, ok := value.(*lua.LTable)
	if !ok {
		c.cannotCast(value, "Dictionary")
	}
	for key, value := vm.Next(table, lua.LNil); key != lua.LNil; key, value = vm.Next(table, key) {
		name := strings.ToLower(vm.Text(key))
		secret, isSecret := asSecret(value)
		text, isText := value.(lua.LString)
		switch {
		case name == "x-api-key" && isSecret:
			headers[name] = secret.text
		case name == "x-api-key":
			c.Raise(httpSecretText)
		case name == "content-type" && isText:
			headers[name] = string(text)
		default:
			c.Raise(httpHeaderText, vm.Text(key))
		}
	}
	return headers
}

// headerTable makes the headers of an answer a table, with names in lower case.
func (c Call) headerTable(headers map[string]string) *lua.LTable {
	table := c.Server.VM.NewTable(0, len(headers))
	for _, name := range sortedKeys(headers) {
		machine.SetField(table, strings.ToLower(name), lua.LString(headers[name]))
	}
	return table
}

// Secret is a text that scripts can send but not read.
type Secret struct{ text string }

// LuauType implements vm.Typed.
func (*Secret) LuauType() string { return "Secret" }

// String returns what tostring shows, which is not the secret.
func (*Secret) String() string { return "Secret" }

func asSecret(value lua.LValue) (*Secret, bool) {
	object, ok := value.(*lua.LUserData)
	if !ok {
		return nil, false
	}
	secret, ok := object.Value.(*Secret)
	return secret, ok
}

func secretDatatype() Datatype {
	return Datatype{
		Name: "Secret",
		Methods: map[string]datatypeMethod{
			"AddPrefix": func(L *lua.LState, self any) int {
				text := vm.ArgString(L, 2, "AddPrefix") + self.(*Secret).text
				return vm.Return(L, Of(L).Box(&Secret{text}))
			},
			"AddSuffix": func(L *lua.LState, self any) int {
				text := self.(*Secret).text + vm.ArgString(L, 2, "AddSuffix")
				return vm.Return(L, Of(L).Box(&Secret{text}))
			},
		},
	}
}

// getSecret is GetSecret. The text of its error is assumed.
func getSecret(c Call) int {
	name := c.String(1)
	text, ok := c.Server.options.Secrets[name]
	if !ok {
		c.Raise("Can't find secret with given key: %s", name)
	}
	return c.Return(c.Server.Box(&Secret{text}))
}
