package control

import _ "embed"

// description is the API in OpenAPI's words. A test makes it of the table of routes.
//
//go:embed openapi.json
var description []byte

func (c *call) openAPI() (any, error) {
	c.writer.Header().Set("Content-Type", typeJSON)
	c.writer.Write(description) // what the client misses of it is its own affair
	return nil, nil
}
