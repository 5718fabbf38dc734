package rojo

import "github.com/tailscale/hujson"

// valueTypes are the type names that make an object with one key an explicit value. Any other
// object is a value of its own, such as a Font.
var valueTypes = map[string]bool{
	"Attributes": true, "Axes": true, "BinaryString": true, "Bool": true, "BrickColor": true,
	"CFrame": true, "Color3": true, "Color3uint8": true, "ColorSequence": true, "Content": true,
	"ContentId": true, "Enum": true, "EnumItem": true, "Faces": true, "Float32": true,
	"Float64": true, "Font": true, "Int32": true, "Int64": true, "MaterialColors": true,
	"NetAssetRef": true, "NumberRange": true, "NumberSequence": true, "OptionalCFrame": true,
	"PhysicalProperties": true, "Ray": true, "Rect": true, "Ref": true, "Region3": true,
	"Region3int16": true, "SecurityCapabilities": true, "SharedString": true, "String": true,
	"Tags": true, "UDim": true, "UDim2": true, "UniqueId": true, "Vector2": true,
	"Vector2int16": true, "Vector3": true, "Vector3int16": true,
}

// value is a property's value. The explicit types that have a plain form lose their wrapping.
func (f *jsonFile) value(what string, v hujson.Value) (any, error) {
	object, ok := v.Value.(*hujson.Object)
	if !ok {
		if v.Value.Kind() == 'n' {
			return nil, f.mismatch(what, v, "a value")
		}
		return plain(v), nil
	}
	if len(object.Members) != 1 {
		return plain(v), nil
	}
	typ := object.Members[0].Name.Value.(hujson.Literal).String()
	inner := plain(object.Members[0].Value)
	if !valueTypes[typ] {
		return plain(v), nil
	}
	switch inner.(type) {
	case string:
		if typ == "String" {
			return inner, nil
		}
	case bool:
		if typ == "Bool" {
			return inner, nil
		}
	case float64:
		if typ == "Float64" || typ == "Float32" || typ == "Int32" || typ == "Int64" {
			return inner, nil
		}
	}
	return Typed{Type: typ, Value: inner}, nil
}

// properties reads $properties and its kin. Name and Parent are not for files to say.
func (l *loader) properties(f *jsonFile, what string, v hujson.Value) ([]Property, error) {
	members, err := f.members(what, v)
	if err != nil {
		return nil, err
	}
	var list []Property
	for _, m := range members {
		if m.name == "Name" || m.name == "Parent" {
			l.warn("%s: %s: %s is ignored, the tree decides it", f.place(m.key), what, m.name)
			continue
		}
		value, err := f.value(what+"."+m.name, m.value)
		if err != nil {
			return nil, err
		}
		list = set(list, m.name, value)
	}
	return list, nil
}

// attributes reads $attributes and its kin. Where no class says what a value is, the file must.
func (l *loader) attributes(f *jsonFile, what string, v hujson.Value) ([]Property, error) {
	members, err := f.members(what, v)
	if err != nil {
		return nil, err
	}
	var list []Property
	for _, m := range members {
		value, err := f.value(what+"."+m.name, m.value)
		if err != nil {
			return nil, err
		}
		switch value.(type) {
		case []any, map[string]any:
			return nil, f.mismatch(what+"."+m.name, m.value,
				`a string, a number, a bool or a typed value such as {"Vector3": [1, 2, 3]}`)
		}
		list = set(list, m.name, value)
	}
	return list, nil
}
