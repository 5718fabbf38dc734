package control

import (
	"bytes"
	"encoding/json"
	"fmt"
	"os"
	"reflect"
	"strings"
	"testing"

	"github.com/getkin/kin-openapi/openapi3"
	"github.com/getkin/kin-openapi/openapi3gen"
	"github.com/stretchr/testify/require"

	"savestone/faults"
)

// The description of the API is made of the table of routes and of the types that they read and
// write: so it cannot tell of anything else. It is made here and not by the program, whose every
// start would pay for the libraries that it takes.

func TestTheDescriptionIsThatOfTheRoutes(t *testing.T) {
	made, err := describe(routes())
	require.NoError(t, err)
	var text bytes.Buffer
	require.NoError(t, json.Indent(&text, made, "", " "))
	text.WriteByte('\n')
	if os.Getenv("UPDATE_GOLDEN") != "" {
		require.NoError(t, os.WriteFile("openapi.json", text.Bytes(), 0o644))
	}
	kept, err := os.ReadFile("openapi.json")
	require.NoError(t, err)
	require.Equal(t, text.String(), string(kept), "UPDATE_GOLDEN=1 writes it anew")
}

// describe makes the description of routes.
func describe(routes []*route) ([]byte, error) {
	d := &describer{doc: &openapi3.T{
		OpenAPI: "3.0.3",
		Info:    &openapi3.Info{Title: "savestone control API", Version: "1"},
		Servers: openapi3.Servers{{URL: Base}},
		Paths:   openapi3.NewPaths(),
		Components: &openapi3.Components{
			Schemas: openapi3.Schemas{},
			SecuritySchemes: openapi3.SecuritySchemes{
				"bearer": {Value: openapi3.NewSecurityScheme().WithType("http").
					WithScheme("bearer")},
				"key": {Value: openapi3.NewSecurityScheme().WithType("apiKey").WithIn("header").
					WithName("x-api-key")},
			},
		},
	}}
	refusal, err := d.schema(Problem{})
	if err != nil {
		return nil, err
	}
	for _, r := range routes {
		operation, err := d.operation(r, refusal)
		if err != nil {
			return nil, fmt.Errorf("describe %s: %w", r.name, err)
		}
		d.doc.AddOperation(pathPattern.ReplaceAllString(r.path, "{$1}"), r.method, operation)
	}
	return json.Marshal(d.doc)
}

// describer makes an OpenAPI description.
type describer struct{ doc *openapi3.T }

func (d *describer) operation(r *route, refusal *openapi3.SchemaRef) (*openapi3.Operation, error) {
	o := openapi3.NewOperation()
	o.OperationID, o.Summary = r.name, r.summary
	o.Responses = openapi3.NewResponsesWithCapacity(2)
	for _, name := range pathPattern.FindAllStringSubmatch(r.path, -1) {
		o.AddParameter(openapi3.NewPathParameter(name[1]).WithSchema(openapi3.NewStringSchema()))
	}
	for _, p := range r.query {
		o.AddParameter(openapi3.NewQueryParameter(p.name).WithDescription(p.summary).
			WithSchema(openapi3.NewStringSchema()))
	}
	if r.in != nil {
		content, err := d.content(r.in)
		if err != nil {
			return nil, err
		}
		body := openapi3.NewRequestBody().WithRequired(true).WithContent(content)
		o.RequestBody = &openapi3.RequestBodyRef{Value: body}
	}
	answer := openapi3.NewResponse().WithDescription("done")
	status := "204"
	if r.out != nil {
		content, err := d.content(r.out)
		if err != nil {
			return nil, err
		}
		status, answer = "200", answer.WithContent(content)
	}
	o.Responses.Set(status, &openapi3.ResponseRef{Value: answer})
	refused := openapi3.NewResponse().WithDescription("refused").WithJSONSchemaRef(refusal)
	o.Responses.Set("default", &openapi3.ResponseRef{Value: refused})
	if !r.public {
		o.Security = openapi3.NewSecurityRequirements().
			With(openapi3.NewSecurityRequirement().Authenticate("bearer")).
			With(openapi3.NewSecurityRequirement().Authenticate("key"))
	}
	return o, nil
}

// content describes a body by a value of its type.
func (d *describer) content(value any) (openapi3.Content, error) {
	switch value := value.(type) {
	case media:
		schema := openapi3.NewStringSchema()
		if value == typeJSON {
			schema = openapi3.NewObjectSchema()
		}
		return openapi3.NewContentWithSchema(schema, []string{string(value)}), nil
	case FaultPlan:
		return openapi3.NewContentWithJSONSchema(openapi3.NewSchema()), nil
	}
	schema, err := d.schema(value)
	return openapi3.NewContentWithJSONSchemaRef(schema), err
}

// schema describes a Go type, as a component if it is a struct.
func (d *describer) schema(value any) (*openapi3.SchemaRef, error) {
	return openapi3gen.NewSchemaRefForValue(value, d.doc.Components.Schemas,
		openapi3gen.SchemaCustomizer(customize),
		openapi3gen.CreateComponentSchemas(openapi3gen.ExportComponentSchemasOptions{
			ExportComponentSchemas: true, ExportTopLevelSchema: true,
		}))
}

// customize adds what a type's tags tell, and that there is nothing besides.
func customize(_ string, t reflect.Type, tag reflect.StructTag, schema *openapi3.Schema) error {
	if t.Kind() == reflect.Pointer {
		t = t.Elem()
	}
	switch {
	case t == reflect.TypeFor[json.RawMessage]():
		*schema = openapi3.Schema{Nullable: true} // any JSON
	case t == reflect.TypeFor[faults.Rule]():
		*schema = *openapi3.NewObjectSchema().WithAnyAdditionalProperties()
	case t.Kind() == reflect.Struct:
		for _, field := range reflect.VisibleFields(t) {
			name, options, _ := strings.Cut(field.Tag.Get("json"), ",")
			if name != "" && !strings.Contains(options, "omitempty") {
				schema.Required = append(schema.Required, name)
			}
		}
		no := false
		schema.AdditionalProperties = openapi3.AdditionalProperties{Has: &no}
	}
	if doc := tag.Get("doc"); doc != "" {
		schema.Description = doc
	}
	return nil
}
