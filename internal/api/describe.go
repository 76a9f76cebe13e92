package api

import (
	"context"
	_ "embed"
	"encoding/json"
	"fmt"
	"strings"

	"github.com/gofiber/fiber/v2"
	"go.yaml.in/yaml/v3"

	"kipmonitor/internal/figure"
	"kipmonitor/internal/programme"
)

//go:embed openapi.yaml
var descriptionFile []byte

// describe returns the description of all operations as JSON, with the name of the
// program and examples of the definition.
func describe(p *programme.Programme) ([]byte, error) {
	var content map[string]any
	if err := yaml.Unmarshal([]byte(examples(p).Replace(string(descriptionFile))), &content); err != nil {
		return nil, fmt.Errorf("read openapi.yaml: %w", err)
	}
	description, err := json.Marshal(content)
	if err != nil {
		return nil, fmt.Errorf("write openapi.yaml as JSON: %w", err)
	}
	return description, nil
}

// examples fills the places of openapi.yaml with the first entries of the definition.
func examples(p *programme.Programme) *strings.Replacer {
	pairs := []string{"{title}", p.Title.DE, "{year}", fmt.Sprint(p.FirstYear), "{dimension}", string(figure.Sex)}
	for _, i := range p.Indicators[:min(1, len(p.Indicators))] {
		pairs = append(pairs, "{indicator}", i.ID)
	}
	for _, form := range p.Forms[:min(1, len(p.Forms))] {
		pairs = append(pairs, "{form}", string(form.Code))
	}
	for _, office := range p.Organisations[:min(1, len(p.Organisations))] {
		pairs = append(pairs, "{organisation}", string(office.Code))
	}
	return strings.NewReplacer(pairs...)
}

// openAPI answers the description of all operations.
func (a *API) openAPI(_ context.Context, c *fiber.Ctx, r request) error {
	if same, err := a.unchanged(c, r); same || err != nil {
		return err
	}
	c.Set(fiber.HeaderContentType, fiber.MIMEApplicationJSON)
	return c.Send(a.description)
}
