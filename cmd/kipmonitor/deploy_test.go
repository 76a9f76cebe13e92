package main

import (
	"os"
	"regexp"
	"strings"
	"testing"

	"go.yaml.in/yaml/v3"
)

// What the files for operators call is there: commands, options, variables, and, in the
// compose file, limits for the program.
func TestTheFilesForOperatorsFitTheProgram(t *testing.T) {
	read := func(path string) string {
		text, err := os.ReadFile("../../" + path)
		must(t, err)
		return string(text)
	}
	options := read("docs/options.md")
	for _, path := range []string{"deploy/kipmonitor.service", "Dockerfile", "docker-compose.yml", "deploy/nginx.conf", "deploy/Caddyfile"} {
		text := read(path)
		for _, name := range regexp.MustCompile(`KIPMONITOR_[A-Z_]+`).FindAllString(text, -1) {
			if !strings.Contains(options, "`"+name+"`") {
				t.Errorf("%s names %s, which does not exist", path, name)
			}
		}
		for _, call := range regexp.MustCompile(`kipmonitor/kipmonitor (\w+)|"(?:/opt/kipmonitor/kipmonitor)", "(\w+)"`).FindAllStringSubmatch(text, -1) {
			if !strings.Contains(options, "## kipmonitor "+call[1]+call[2]+"\n") {
				t.Errorf("%s calls %s, which does not exist", path, call[0])
			}
		}
	}
	var compose struct {
		Services map[string]struct {
			ReadOnly bool   `yaml:"read_only"`
			MemLimit string `yaml:"mem_limit"`
			Logging  struct{ Driver string }
		}
	}
	must(t, yaml.Unmarshal([]byte(read("docker-compose.yml")), &compose))
	for _, name := range []string{"app", "app-cluster"} {
		if one := compose.Services[name]; !one.ReadOnly || one.MemLimit == "" || one.Logging.Driver == "" {
			t.Errorf("the service %s is without limits: %+v", name, one)
		}
	}
}
