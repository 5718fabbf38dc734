package control

import (
	"crypto/subtle"
	"net/http"
	"strings"
)

// authorize lets in who shows the token: as a bearer or, as clients of Open Cloud do, as x-api-key.
// What tells nothing of anybody's data needs none.
func (c *call) authorize() error {
	token := c.handler.options.Token
	if token == "" || c.route.public {
		return nil
	}
	shown := c.http.Header.Get("x-api-key")
	if bearer, ok := strings.CutPrefix(c.http.Header.Get("Authorization"), "Bearer "); ok {
		shown = bearer
	}
	switch {
	case shown == "":
		return &problem{http.StatusUnauthorized,
			"got no token, want Authorization: Bearer TOKEN or x-api-key: TOKEN"}
	case subtle.ConstantTimeCompare([]byte(shown), []byte(token)) != 1:
		return &problem{http.StatusUnauthorized, "got a token, want the one of this server"}
	}
	return nil
}
