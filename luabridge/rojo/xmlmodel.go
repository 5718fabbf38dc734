package rojo

import (
	"encoding/base64"
	"encoding/xml"
	"fmt"
	"path/filepath"
	"strconv"
	"strings"
)

// xmlItem is an Instance in Roblox's XML format.
type xmlItem struct {
	Class      string `xml:"class,attr"`
	Referent   string `xml:"referent,attr"`
	Properties struct {
		List []xmlProperty `xml:",any"`
	} `xml:"Properties"`
	Items []xmlItem `xml:"Item"`
}

// xmlProperty is a property: its element is its type.
type xmlProperty struct {
	XMLName xml.Name
	Name    string `xml:"name,attr"`
	Text    string `xml:",chardata"`
	Parts   []struct {
		XMLName xml.Name
		Text    string `xml:",chardata"`
	} `xml:",any"`
}

// xmlModel reads an .rbxmx file, which must hold one Instance at its top.
func (l *loader) xmlModel(path, name string) (*Node, error) {
	data, err := l.read(path)
	if err != nil {
		return nil, fmt.Errorf("read model: %w", err)
	}
	var document struct {
		XMLName xml.Name  `xml:"roblox"`
		Items   []xmlItem `xml:"Item"`
	}
	if err := xml.Unmarshal(data, &document); err != nil {
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	if len(document.Items) != 1 {
		return nil, fmt.Errorf("%s: got a model with %d top-level Instances, want 1",
			path, len(document.Items))
	}
	nodes := map[string]*Node{}
	node := document.Items[0].node(filepath.ToSlash(path), nodes)
	document.Items[0].refer(nodes)
	node.Name = name
	return node, nil
}

// refer sets the properties that are other Instances, when all are there.
func (item xmlItem) refer(nodes map[string]*Node) {
	for _, p := range item.Properties.List {
		if target := nodes[strings.TrimSpace(p.Text)]; p.XMLName.Local == "Ref" && target != nil {
			node := nodes[item.Referent]
			node.Properties = set(node.Properties, p.Name, Ref{target})
		}
	}
	for _, child := range item.Items {
		child.refer(nodes)
	}
}

func (item xmlItem) node(path string, nodes map[string]*Node) *Node {
	node := &Node{Name: item.Class, ClassName: item.Class, Files: []string{path}}
	nodes[item.Referent] = node
	for _, p := range item.Properties.List {
		switch {
		case p.Name == "Name":
			node.Name = p.Text
		case p.Name == "Source":
			text := strings.ReplaceAll(p.Text, "\r\n", "\n")
			node.Source = &Source{Text: text, File: path, Generated: true}
		case p.Name == "AttributesSerialize":
			node.Attributes = storedAttributes(p.binary())
		case p.Name == "Tags":
			if tags := storedTags(p.binary()); tags != nil {
				node.Properties = set(node.Properties, p.Name, tags)
			}
		default:
			if value := p.value(); value != nil {
				node.Properties = set(node.Properties, p.Name, value)
			}
		}
	}
	for _, child := range item.Items {
		node.Children = append(node.Children, child.node(path, nodes))
	}
	return node
}

// binary decodes a BinaryString; what is no base64 is empty.
func (p xmlProperty) binary() string {
	data, _ := base64.StdEncoding.DecodeString(strings.Join(strings.Fields(p.Text), ""))
	return string(data)
}

// value is the property in the form of Rojo's JSON; nil for a reference to another Instance, which
// refer sets.
func (p xmlProperty) value() any {
	text := strings.TrimSpace(p.Text)
	switch p.XMLName.Local {
	case "string", "ProtectedString":
		return p.Text
	case "bool":
		return text == "true"
	case "int", "int64", "float", "double":
		return xmlNumber(text)
	case "token":
		return Typed{"Enum", xmlNumber(text)}
	case "Ref":
		return nil
	case "Content":
		for _, part := range p.Parts {
			if part.XMLName.Local == "url" {
				return part.Text
			}
		}
		return ""
	case "CoordinateFrame":
		return p.frame()
	}
	if len(p.Parts) == 0 {
		return Typed{p.XMLName.Local, text}
	}
	return Typed{p.XMLName.Local, p.numbers()}
}

func (p xmlProperty) numbers() []any {
	list := make([]any, len(p.Parts))
	for i, part := range p.Parts {
		list[i] = xmlNumber(strings.TrimSpace(part.Text))
	}
	return list
}

// frame is a CFrame: X, Y, Z and then the rotation by rows.
func (p xmlProperty) frame() any {
	numbers := p.numbers()
	if len(numbers) != 12 {
		return nil
	}
	return Typed{"CFrame", map[string]any{
		"position":    numbers[:3],
		"orientation": []any{numbers[3:6], numbers[6:9], numbers[9:]},
	}}
}

// xmlNumber reads a number as Roblox writes it: INF and NAN are spelled out.
func xmlNumber(text string) float64 {
	n, _ := strconv.ParseFloat(text, 64) // what is no number counts as 0
	return n
}
