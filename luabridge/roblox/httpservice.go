package roblox

import (
	"errors"
	"fmt"
	"hash/fnv"
	"math/rand/v2"
	"strings"

	lua "github.com/yuin/gopher-lua"
)

// httpService is what HttpService keeps of its server's use.
type httpService struct {
	random *rand.Rand // of GUIDs
	calls  meter      // of Open Cloud
	net    meter      // of the network
}

// httpServiceClass is HttpService (section 26): JSON, GUIDs, escapes, and requests to Open Cloud.
func httpServiceClass() *Class {
	methods := map[string]Method{
		"JSONEncode":   jsonEncode,
		"JSONDecode":   jsonDecode,
		"GenerateGUID": generateGUID,
		"UrlEncode":    urlEncode,
		"RequestAsync": requestAsync,
		"GetAsync":     getAsyncHTTP,
		"PostAsync":    postAsyncHTTP,
		"GetSecret":    getSecret,
	}
	return &Class{
		Name: "HttpService", Super: "Instance", Service: true,
		Init: func(i *Instance) { i.Data = &httpService{random: i.server.stream("HttpService")} },
		Properties: map[string]*Property{
			"HttpEnabled": {Type: boolType(), ReadOnly: true},
		},
		Methods: merge(methods, refused("HttpService", "CreateWebStreamClient")),
	}
}

// stream returns a source of chance for one part of the server alone: what other parts draw does
// not shift it, and no two servers with names of their own share one.
func (s *Server) stream(part string) *rand.Rand {
	name := fnv.New64a()
	fmt.Fprintf(name, "%s/%s", s.options.JobID, part)
	return rand.New(rand.NewPCG(s.options.Seed, name.Sum64()))
}

// jsonEncode is JSONEncode (R219).
func jsonEncode(c Call) int {
	if c.Count() < 1 {
		c.Required(1)
	}
	text, err := httpJSON(c.Value(1))
	if err != nil {
		c.tell(err)
		c.Raise("Can't convert to JSON")
	}
	return c.Return(lua.LString(text))
}

// tell passes on the diagnostic that an error is.
func (c Call) tell(err error) {
	var d *Diagnostic
	if errors.As(err, &d) {
		d.Call = "HttpService:" + c.Name
		c.Server.diagnose(*d)
	}
}

// jsonDecode is JSONDecode (R220).
func jsonDecode(c Call) int {
	value, err := decodeJSON(c.Server.VM, c.String(1))
	if err != nil {
		c.Server.diagnose(Diagnostic{
			Call: "HttpService:" + c.Name, Path: "input", Problem: err.Error(),
		})
		c.Raise("Can't parse JSON")
	}
	return c.Return(value)
}

// generateGUID is GenerateGUID (R221).
func generateGUID(c Call) int {
	id := newGUID(c.Self.Data.(*httpService).random)
	if c.OptBool(1, true) {
		id = "{" + id + "}"
	}
	return c.Return(lua.LString(id))
}

// urlEncode is UrlEncode: only ASCII letters and digits stay (R222, assumed).
func urlEncode(c Call) int {
	var b strings.Builder
	for _, char := range []byte(c.String(1)) {
		switch {
		case 'a' <= char && char <= 'z', 'A' <= char && char <= 'Z', '0' <= char && char <= '9':
			b.WriteByte(char)
		default:
			fmt.Fprintf(&b, "%%%02X", char)
		}
	}
	return c.Return(lua.LString(b.String()))
}
