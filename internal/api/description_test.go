package api_test

import (
	"encoding/json"
	"maps"
	"net/http"
	"os"
	"slices"
	"strings"
	"testing"

	"go.yaml.in/yaml/v3"

	"kipmonitor/internal/api"
)

func TestTheDescriptionKeepsTheRulesOfOpenAPI31(t *testing.T) {
	s := start(t, shared.small)
	if ok, faults := s.checks.ValidateDocument(); !ok {
		for _, fault := range faults {
			t.Errorf("%s: %s %v", fault.Message, fault.Reason, fault.SchemaValidationErrors)
		}
	}
	var served struct{ OpenAPI string }
	if err := json.Unmarshal(shared.description, &served); err != nil || served.OpenAPI != "3.1.0" {
		t.Errorf("served is %q, %v", served.OpenAPI, err)
	}
	again := s.get("", "/openapi.json", "If-None-Match", s.get("", "/openapi.json").Header.Get("ETag"))
	again.want(http.StatusNotModified, "")
}

// TestEveryOperationIsDescribedAndEveryDescribedOneIsThere compares method, path,
// rights and parameters of the routes with those of the description.
func TestEveryOperationIsDescribedAndEveryDescribedOneIsThere(t *testing.T) {
	content, err := os.ReadFile("openapi.yaml")
	if err != nil {
		t.Fatal(err)
	}
	type parameter struct{ Ref, Name, In string }
	type operation struct {
		Right      []string `yaml:"x-right"`
		Security   *[]any
		Parameters []yaml.Node
	}
	var file struct {
		Paths      map[string]map[string]yaml.Node
		Components struct{ Parameters map[string]parameter }
	}
	if err := yaml.Unmarshal(content, &file); err != nil {
		t.Fatal(err)
	}
	described := map[string]string{}
	for path, methods := range file.Paths {
		for method, node := range methods {
			if method == "parameters" {
				continue
			}
			var one operation
			if err := node.Decode(&one); err != nil {
				t.Fatal(err)
			}
			var names []string
			for _, node := range one.Parameters {
				var p struct {
					Ref       string `yaml:"$ref"`
					parameter `yaml:",inline"`
				}
				if err := node.Decode(&p); err != nil {
					t.Fatal(err)
				}
				if p.Ref != "" {
					p.parameter = file.Components.Parameters[p.Ref[strings.LastIndexByte(p.Ref, '/')+1:]]
				}
				if p.In == "query" {
					names = append(names, p.Name)
				}
			}
			if open := one.Security != nil && len(*one.Security) == 0; open != (len(one.Right) == 0) {
				t.Errorf("%s %s: it says that the rights %v are needed, and of a token otherwise", method, path, one.Right)
			}
			slices.Sort(names)
			described[strings.ToUpper(method)+" "+path] = strings.Join(one.Right, " ") + "; " + strings.Join(names, " ")
		}
	}
	routed := api.Operations()
	for _, name := range slices.Sorted(maps.Keys(routed)) {
		if described[name] != routed[name] {
			t.Errorf("%s: the program has %q, the description %q", name, routed[name], described[name])
		}
	}
	for _, name := range slices.Sorted(maps.Keys(described)) {
		if _, there := routed[name]; !there {
			t.Errorf("%s is described and not there", name)
		}
	}
}
