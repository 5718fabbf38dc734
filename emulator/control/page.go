package control

import (
	_ "embed"
	"html/template"
	"regexp"
)

// pathPattern is the pattern that a part of a path can have in the table of routes.
var pathPattern = regexp.MustCompile(`\{(\w+)(:[^}]*)?\}`)

//go:embed page.html
var pageText string

// pageTemplate shows the table of routes.
var pageTemplate = template.Must(template.New("page").Parse(pageText))

// pageRoute is a route as the page shows it.
type pageRoute struct {
	Method, Path, Summary string
	Public                bool
	Query                 []pageParameter
}

type pageParameter struct{ Name, Summary string }

// page shows people what there is.
func (c *call) page() (any, error) {
	data := struct {
		Version, Base string
		Token         bool
		Routes        []pageRoute
	}{c.handler.options.Version, Base, c.handler.options.Token != "", nil}
	for _, r := range routes() {
		shown := pageRoute{
			Method: r.method, Path: Base + pathPattern.ReplaceAllString(r.path, "{$1}"),
			Summary: r.summary, Public: r.public,
		}
		for _, p := range r.query {
			shown.Query = append(shown.Query, pageParameter{p.name, p.summary})
		}
		data.Routes = append(data.Routes, shown)
	}
	header := c.writer.Header()
	header.Set("Content-Type", "text/html; charset=utf-8")
	header.Set("Content-Security-Policy", "default-src 'none'; style-src 'unsafe-inline'")
	_ = pageTemplate.Execute(c.writer, data) // what the client misses is its own affair
	return nil, nil
}
