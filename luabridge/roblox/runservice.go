package roblox

import (
	lua "github.com/yuin/gopher-lua"
)

// runClasses is RunService (R236).
func runClasses() []*Class {
	answer := func(tell func(*Server) bool) Method {
		return func(c Call) int { return c.Return(lua.LBool(tell(c.Server))) }
	}
	no := answer(func(*Server) bool { return false })
	return []*Class{{
		Name: "RunService", Super: "Instance", Service: true,
		Events: append([]string{"PreRender", "RenderStepped"}, frameEvents...),
		Properties: map[string]*Property{
			"ClientGitHash": {Type: stringType(), ReadOnly: true},
		},
		Methods: map[string]Method{
			"IsClient":  no,
			"IsEdit":    no,
			"IsRunMode": no,
			"IsRunning": answer(func(*Server) bool { return true }),
			"IsServer":  answer(func(*Server) bool { return true }),
			"IsStudio":  answer(func(s *Server) bool { return s.options.Studio }),
			"BindToRenderStep": func(c Call) int {
				c.Raise("RunService:BindToRenderStep can only be called from the client")
				return 0
			},
		},
		Init: func(i *Instance) {
			for _, name := range frameEvents {
				i.Signal(name).listen = i.server.frames.listen
			}
			for _, name := range []string{"PreRender", "RenderStepped"} {
				i.Signal(name).refusal = name + " event can only be used from local scripts"
			}
		},
	}}
}
