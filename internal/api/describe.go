package api

import (
	"context"
	_ "embed"
	"encoding/json"
	"fmt"

	"github.com/gofiber/fiber/v2"
	"go.yaml.in/yaml/v3"
)

//go:embed openapi.yaml
var descriptionFile []byte

// describe returns the description of all operations as JSON.
func describe() ([]byte, error) {
	var content map[string]any
	if err := yaml.Unmarshal(descriptionFile, &content); err != nil {
		return nil, fmt.Errorf("read openapi.yaml: %w", err)
	}
	description, err := json.Marshal(content)
	if err != nil {
		return nil, fmt.Errorf("write openapi.yaml as JSON: %w", err)
	}
	return description, nil
}

// openAPI answers the description of all operations.
func (a *API) openAPI(_ context.Context, c *fiber.Ctx, r request) error {
	if same, err := a.unchanged(c, r); same || err != nil {
		return err
	}
	c.Set(fiber.HeaderContentType, fiber.MIMEApplicationJSON)
	return c.Send(a.description)
}
