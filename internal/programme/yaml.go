package programme

import (
	"bytes"
	"errors"
	"io"
	"io/fs"
	"regexp"
	"strconv"
	"strings"

	"go.yaml.in/yaml/v3"
)

// place is where an entry stands. Of an entry from a YAML file it knows the
// tree, so that a fault can name the line of the very key.
type place struct {
	file string
	line int
	node *yaml.Node
}

// at returns the place of a part of the entry, by keys of mappings and numbers
// of list items. Where the part is not there it is the nearest place above it.
func (p place) at(path ...any) place {
	for _, step := range path {
		next := p.step(step)
		if next.node == nil {
			return p
		}
		p = next
	}
	return p
}

func (p place) step(step any) place {
	node := resolve(p.node)
	switch step := step.(type) {
	case string:
		if node == nil || node.Kind != yaml.MappingNode {
			return place{}
		}
		for i := 0; i+1 < len(node.Content); i += 2 {
			if node.Content[i].Value == step {
				return place{file: p.file, line: node.Content[i].Line, node: node.Content[i+1]}
			}
		}
	case int:
		if node != nil && node.Kind == yaml.SequenceNode && step < len(node.Content) {
			return place{file: p.file, line: node.Content[step].Line, node: node.Content[step]}
		}
	}
	return place{}
}

// has reports whether the entry states a key, be its value zero.
func (p place) has(key string) bool {
	node := resolve(p.step(key).node)
	return node != nil && node.Tag != "!!null"
}

// resolve follows an alias to what it stands for.
func resolve(node *yaml.Node) *yaml.Node {
	if node != nil && node.Kind == yaml.AliasNode {
		return node.Alias
	}
	return node
}

// entries are what was read, each with its place.
type entries[T any] struct {
	all    []T
	places []place
}

func (e *entries[T]) add(entry T, at place) {
	e.all, e.places = append(e.all, entry), append(e.places, at)
}

// keep remembers the places of entries by their final addresses.
func keep[T any](l *loader, e entries[T]) []T {
	for i := range e.all {
		l.places[&e.all[i]] = e.places[i]
	}
	return e.all
}

// list reads the entries of all files of a pattern, each file a YAML list.
func list[T any](l *loader, pattern string) entries[T] {
	var found entries[T]
	for _, file := range l.glob(pattern) {
		content, root := l.tree(file)
		if root == nil {
			continue
		}
		if root.Kind != yaml.SequenceNode {
			l.fileFault(place{file: file, line: root.Line}, "a list of entries is wanted, each starting with «- »")
			continue
		}
		sound := true
		for _, item := range root.Content {
			if resolve(item).Kind != yaml.MappingNode {
				l.fileFault(place{file: file, line: item.Line}, "an entry with keys is wanted")
				sound = false
			}
		}
		var entries []T
		if !sound || !l.decode(file, content, &entries) {
			continue
		}
		for i, entry := range entries {
			item := root.Content[i]
			found.add(entry, place{file: file, line: item.Line, node: item})
		}
	}
	return found
}

// one reads all files of a pattern, each file one entry.
func one[T any](l *loader, pattern string) entries[T] {
	var found entries[T]
	for _, file := range l.glob(pattern) {
		content, root := l.tree(file)
		if root == nil {
			continue
		}
		if root.Kind != yaml.MappingNode {
			l.fileFault(place{file: file, line: root.Line}, "an entry with keys is wanted")
			continue
		}
		var entry T
		if l.decode(file, content, &entry) {
			found.add(entry, place{file: file, line: root.Line, node: root})
		}
	}
	return found
}

func (l *loader) glob(pattern string) []string {
	// Our own patterns are well formed, which is the only error there is.
	names, _ := fs.Glob(l.files, pattern)
	if len(names) == 0 {
		l.fileFault(place{file: pattern}, "there is no such file")
	}
	return names
}

func (l *loader) content(file string) ([]byte, bool) {
	content, err := fs.ReadFile(l.files, file)
	if errors.Is(err, fs.ErrNotExist) {
		l.fileFault(place{file: file}, "there is no such file")
		return nil, false
	}
	if err != nil {
		l.fileFault(place{file: file}, "%v", err)
		return nil, false
	}
	l.contents[file] = content
	return content, true
}

// tree parses a file that holds one YAML document.
func (l *loader) tree(file string) (content []byte, root *yaml.Node) {
	content, ok := l.content(file)
	if !ok {
		return nil, nil
	}
	defer l.recover(file, func() { root = nil })
	decoder := yaml.NewDecoder(bytes.NewReader(content))
	var document, second yaml.Node
	err := decoder.Decode(&document)
	if errors.Is(err, io.EOF) {
		l.fileFault(place{file: file, line: 1}, "the file is empty; an empty list is written []")
		return nil, nil
	}
	if err != nil {
		l.yamlFault(file, err.Error())
		l.unreadable = true
		return nil, nil
	}
	if err := decoder.Decode(&second); err == nil {
		l.fileFault(place{file: file, line: second.Line}, "a second document after «---» would not be read")
		return nil, nil
	}
	return content, document.Content[0]
}

// decode reads a file strictly: a key that no field has is a fault. What is
// wrong with single keys does not keep the rest from being read and checked.
func (l *loader) decode(file string, content []byte, target any) (ok bool) {
	defer l.recover(file, func() { ok = false })
	decoder := yaml.NewDecoder(bytes.NewReader(content))
	decoder.KnownFields(true)
	err := decoder.Decode(target)
	var several *yaml.TypeError
	if errors.As(err, &several) {
		for _, message := range several.Errors {
			l.yamlFault(file, message)
			if keyTwice.MatchString(message) {
				// The library leaves such an entry out.
				l.unreadable = true
			}
		}
		return !l.unreadable
	}
	if err != nil {
		l.yamlFault(file, err.Error())
		l.unreadable = true
		return false
	}
	return true
}

// recover turns a panic of the YAML library, which a few malformed texts cause,
// into a fault.
func (l *loader) recover(file string, then func()) {
	if panicked := recover(); panicked != nil {
		l.fileFault(place{file: file}, "not readable as YAML: %v", panicked)
		then()
	}
}

var (
	yamlLine = regexp.MustCompile(`^(?:line (\d+): )?(.*)$`)
	keyTwice = regexp.MustCompile(`mapping key "(.*)" already defined at line (\d+)$`)
)

// plainWords say what the YAML library reports in words of its Go types.
var plainWords = []struct {
	pattern *regexp.Regexp
	words   string
}{
	{regexp.MustCompile(`^field (.+) not found in type \S+$`), `unknown key "$1"`},
	{keyTwice, `the key "$1" stands there twice, first in line $2`},
	{regexp.MustCompile("^cannot unmarshal \\S+ `(.*)` into struct \\{\\}$"), `"$1" is not a number with at most four decimals`},
	{regexp.MustCompile("^cannot unmarshal \\S+ `(.*)` into \\[\\]struct \\{\\}$"), `"$1" is not a period such as 2025, 2025-H1 or 2025-Q3`},
	{regexp.MustCompile("^cannot unmarshal \\S+ `(.*)` into bool$"), `"$1" is neither true nor false`},
	{regexp.MustCompile("^cannot unmarshal \\S+ `(.*)` into (?:int|figure.Year|figure.Municipality)$"), `"$1" is not a whole number of the range that is wanted here`},
	{regexp.MustCompile("^cannot unmarshal !!(?:map|seq).* into .*$"), `a single value is wanted here, or entries of another shape`},
	{regexp.MustCompile("^cannot unmarshal \\S+ `(.*)` into .*$"), `"$1" cannot stand here: a list or an entry with keys is wanted`},
}

func (l *loader) yamlFault(file, message string) {
	parts := yamlLine.FindStringSubmatch(strings.TrimPrefix(message, "yaml: "))
	// The library leaves the number of the first line out.
	line, message := 1, parts[2]
	if parts[1] != "" {
		line, _ = strconv.Atoi(parts[1])
	}
	for _, plain := range plainWords {
		if plain.pattern.MatchString(message) {
			message = plain.pattern.ReplaceAllString(message, plain.words)
			break
		}
	}
	l.fault(place{file: file, line: line}, "%s", message)
}
