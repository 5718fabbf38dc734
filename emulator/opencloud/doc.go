// Package opencloud is the HTTP front door: it answers Roblox's Open Cloud API for data stores,
// ordered data stores, memory stores and messaging, over an emulator.Service. It exists so that
// tools and servers outside of the game work on the emulator without a change but the host.
//
//	handler := opencloud.New(opencloud.Options{Service: emu, UniverseID: 1})
//	err := http.ListenAndServe("127.0.0.1:34890", handler)
//
// A request is decoded to an emulator.Request, done, and the result encoded; what fails becomes one
// of Roblox's four forms of error, with a header Savestone-Reason that says why in plain words. The
// table in routes.go lists all there is. The same handler answers HttpService in Luau, through
// Fetch, without a socket.
//
// Comments cite the rules of Open Cloud as O1 to O47 and OU1 to OU12, and those of Roblox at large
// as R1 to R258; what nobody outside of Roblox knows is marked assumed.
package opencloud
