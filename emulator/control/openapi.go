package control

func (c *call) page() (any, error)    { return nil, nil }
func (c *call) openAPI() (any, error) { return nil, nil }
