package programme

import (
	"bytes"
	"crypto/sha256"
	"encoding/csv"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"go.yaml.in/yaml/v3"

	"kipmonitor/internal/figure"
	"kipmonitor/internal/locale"
)

// Fault is one thing that is wrong with a definition.
type Fault struct {
	File    string
	Line    int // from 1; 0 where the whole file is meant
	Message string
}

// Faults are all things that are wrong with a definition, in the order of the
// files. It is the error of Load.
type Faults []Fault

// Error writes a line for each fault: «file:line: message».
func (f Faults) Error() string {
	lines := make([]string, len(f))
	for i, fault := range f {
		lines[i] = fmt.Sprintf("%s:%d: %s", fault.File, fault.Line, fault.Message)
	}
	return "faults in the programme definition:\n" + strings.Join(lines, "\n")
}

// Load reads a definition and checks it as a whole. Where something is wrong it
// returns Faults with every fault at once, and no programme.
func Load(files fs.FS) (*Programme, error) {
	l := &loader{files: files, places: map[any]place{}}
	p := l.read()
	if len(l.faults) == 0 {
		p.makeIndex()
		l.check(p)
	}
	if len(l.faults) > 0 {
		slices.SortStableFunc(l.faults, func(a, b Fault) int {
			if a.File != b.File {
				return strings.Compare(a.File, b.File)
			}
			return a.Line - b.Line
		})
		return nil, l.faults
	}
	fingerprint, err := fingerprint(files)
	if err != nil {
		return nil, err
	}
	p.Fingerprint = fingerprint
	return p, nil
}

// place is where an entry stands.
type place struct {
	file string
	line int
}

type loader struct {
	files  fs.FS
	faults Faults
	// places finds the place of an entry by its address.
	places map[any]place
}

func (l *loader) fault(at place, format string, args ...any) {
	l.faults = append(l.faults, Fault{File: at.file, Line: at.line, Message: fmt.Sprintf(format, args...)})
}

func (l *loader) read() *Programme {
	p := &Programme{}
	if content, ok := l.content("programme.yaml"); ok {
		l.decode("programme.yaml", content, p)
	}
	p.Areas = list[Area](l, "areas.yaml")
	p.Units = extend(l, list[Unit](l, "units.yaml"), Unit{
		Code: figure.Percent, Decimals: 1, Name: locale.Text{DE: "Prozent", FR: "pour cent", IT: "per cento", EN: "per cent"}})
	p.Dimensions = list[Dimension](l, "dimensions.yaml")
	p.KeyFigures = list[KeyFigure](l, "keyfigures/*.yaml")
	p.Indicators = list[Indicator](l, "indicators/*.yaml")
	p.Targets = list[Target](l, "targets/*.yaml")
	p.Caveats = list[Caveat](l, "caveats/*.yaml")
	p.Measures = list[Measure](l, "measures.yaml")
	p.Organisations = list[Organisation](l, "organisations.yaml")
	p.Regions = list[Region](l, "regions.yaml")
	p.Forms = one[Form](l, "forms/*.yaml")
	p.Municipalities = l.municipalities()
	p.Population = l.population()
	p.Organisations = extend(l, p.Organisations, municipalityOffices(p.Municipalities)...)
	for i := range p.Indicators {
		for _, terms := range [][]Term{p.Indicators[i].Numerator, p.Indicators[i].Denominator} {
			for j := range terms {
				if terms[j].Factor == 0 {
					terms[j].Factor = figure.Whole(1)
				}
			}
		}
	}
	return p
}

// extend adds entries that the files do not have, and keeps the places of those
// that they have.
func extend[T any](l *loader, entries []T, more ...T) []T {
	all := append(append(make([]T, 0, len(entries)+len(more)), entries...), more...)
	for i := range entries {
		l.places[&all[i]] = l.places[&entries[i]]
	}
	return all
}

// municipalityOffices makes an organisation of every municipality that ever
// existed: each delivers for itself.
func municipalityOffices(municipalities []Municipality) []Organisation {
	var offices []Organisation
	seen := map[figure.Municipality]int{}
	for _, m := range municipalities {
		if i, twice := seen[m.Number]; twice {
			offices[i].To = m.ValidTo
			continue
		}
		seen[m.Number] = len(offices)
		offices = append(offices, Organisation{
			Code: MunicipalityCode(m.Number), Kind: MunicipalityOffice, Municipality: m.Number, From: m.ValidFrom, To: m.ValidTo, Region: m.Region, Standing: Law,
			Name: locale.Text{DE: "Gemeinde " + m.Name, FR: "Commune de " + m.Name, IT: "Comune di " + m.Name, EN: "Municipality of " + m.Name},
		})
	}
	return offices
}

// MunicipalityCode is the code of the organisation that a municipality is:
// "G2401".
func MunicipalityCode(number figure.Municipality) figure.Organisation {
	return figure.Organisation("G" + strconv.Itoa(int(number)))
}

// list reads the entries of all files of a pattern, each file a YAML list.
func list[T any](l *loader, pattern string) []T {
	type located struct {
		entries []T
		places  []place
	}
	var all located
	for _, file := range l.glob(pattern) {
		content, ok := l.content(file)
		if !ok {
			continue
		}
		var entries []T
		if !l.decode(file, content, &entries) {
			continue
		}
		var tree yaml.Node
		// It has been decoded once, so it parses.
		_ = yaml.Unmarshal(content, &tree)
		for i := range entries {
			all.places = append(all.places, place{file, tree.Content[0].Content[i].Line})
		}
		all.entries = append(all.entries, entries...)
	}
	for i := range all.entries {
		l.places[&all.entries[i]] = all.places[i]
	}
	return all.entries
}

// one reads the entries of all files of a pattern, each file one entry.
func one[T any](l *loader, pattern string) []T {
	var entries []T
	var places []place
	for _, file := range l.glob(pattern) {
		content, ok := l.content(file)
		if !ok {
			continue
		}
		var entry T
		if l.decode(file, content, &entry) {
			entries, places = append(entries, entry), append(places, place{file, 1})
		}
	}
	for i := range entries {
		l.places[&entries[i]] = places[i]
	}
	return entries
}

func (l *loader) glob(pattern string) []string {
	names, err := fs.Glob(l.files, pattern)
	if err != nil {
		l.fault(place{file: pattern}, "%v", err)
	}
	if len(names) == 0 {
		l.fault(place{file: pattern}, "there is no such file")
	}
	return names
}

func (l *loader) content(file string) ([]byte, bool) {
	content, err := fs.ReadFile(l.files, file)
	if errors.Is(err, fs.ErrNotExist) {
		l.fault(place{file: file}, "there is no such file")
		return nil, false
	}
	if err != nil {
		l.fault(place{file: file}, "%v", err)
		return nil, false
	}
	return content, true
}

var yamlLine = regexp.MustCompile(`^(?:yaml: )?line (\d+): (.*)$`)

// decode reads a file strictly: a key that no field has is a fault.
func (l *loader) decode(file string, content []byte, target any) (ok bool) {
	// The YAML library panics on a few malformed texts.
	defer func() {
		if fault := recover(); fault != nil {
			l.fault(place{file: file}, "not readable: %v", fault)
			ok = false
		}
	}()
	decoder := yaml.NewDecoder(bytes.NewReader(content))
	decoder.KnownFields(true)
	err := decoder.Decode(target)
	if err == nil || errors.Is(err, io.EOF) {
		return err == nil
	}
	messages := []string{err.Error()}
	var several *yaml.TypeError
	if errors.As(err, &several) {
		messages = several.Errors
	}
	for _, message := range messages {
		line := 0
		if parts := yamlLine.FindStringSubmatch(message); parts != nil {
			line, _ = strconv.Atoi(parts[1])
			message = parts[2]
		}
		l.fault(place{file, line}, "%s", message)
	}
	return false
}

// table reads a CSV file by the names of its columns; row is called with the
// line and a reader of its cells.
func (l *loader) table(file string, columns []string, row func(at place, cell func(column string) string)) {
	content, ok := l.content(file)
	if !ok {
		return
	}
	reader := csv.NewReader(bytes.NewReader(content))
	header, err := reader.Read()
	if err != nil {
		l.fault(place{file, 1}, "%v", err)
		return
	}
	index := map[string]int{}
	for i, name := range header {
		index[strings.TrimPrefix(name, "\uFEFF")] = i
	}
	for _, name := range columns {
		if _, found := index[name]; !found {
			l.fault(place{file, 1}, "the column %s is missing", name)
			return
		}
	}
	for {
		cells, err := reader.Read()
		if errors.Is(err, io.EOF) {
			return
		}
		line, _ := reader.FieldPos(0)
		if err != nil {
			l.fault(place{file, line}, "%v", err)
			return
		}
		row(place{file, line}, func(column string) string { return strings.TrimSpace(cells[index[column]]) })
	}
}

func (l *loader) number(at place, column, text string, largest int) int {
	if text == "" {
		return 0
	}
	n, err := strconv.Atoi(text)
	if err != nil || n < 0 || n > largest {
		l.fault(at, "%s: %q is not a whole number from 0 to %d", column, text, largest)
	}
	return n
}

func (l *loader) municipalities() []Municipality {
	var all []Municipality
	var places []place
	columns := []string{"bfs_nr", "hist_id", "name", "district", "region", "valid_from", "valid_to", "successor_bfs_nr", "also"}
	l.table("municipalities.csv", columns, func(at place, cell func(string) string) {
		m := Municipality{
			Number:    figure.Municipality(l.number(at, "bfs_nr", cell("bfs_nr"), 65535)),
			HistID:    uint32(l.number(at, "hist_id", cell("hist_id"), 1<<31-1)),
			Name:      cell("name"),
			District:  cell("district"),
			Region:    cell("region"),
			ValidFrom: figure.Year(l.number(at, "valid_from", cell("valid_from"), 9999)),
			ValidTo:   figure.Year(l.number(at, "valid_to", cell("valid_to"), 9999)),
			Successor: figure.Municipality(l.number(at, "successor_bfs_nr", cell("successor_bfs_nr"), 65535)),
		}
		if also := cell("also"); also != "" {
			m.Also = strings.Split(also, "|")
		}
		all, places = append(all, m), append(places, at)
	})
	for i := range all {
		l.places[&all[i]] = places[i]
	}
	return all
}

func (l *loader) population() []Population {
	var all []Population
	columns := []string{"year", "bfs_nr", "total", "age_0_4", "age_5_14", "age_15_24", "age_25_54", "age_55_plus"}
	l.table("population.csv", columns, func(at place, cell func(string) string) {
		count := func(column string) int { return l.number(at, column, cell(column), 1e9) }
		all = append(all, Population{
			Year: figure.Year(count("year")), Municipality: figure.Municipality(count("bfs_nr")), Total: count("total"),
			Age0to4: count("age_0_4"), Age5to14: count("age_5_14"), Age15to24: count("age_15_24"), Age25to54: count("age_25_54"), Age55plus: count("age_55_plus"),
		})
	})
	return all
}

// fingerprint is the SHA-256, in hex, over names and contents of all files.
func fingerprint(files fs.FS) (string, error) {
	hash := sha256.New()
	err := fs.WalkDir(files, ".", func(name string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() || !(strings.HasSuffix(name, ".yaml") || strings.HasSuffix(name, ".csv")) {
			return err
		}
		content, err := fs.ReadFile(files, name)
		if err != nil {
			return err
		}
		fmt.Fprintf(hash, "%s %d\n", name, len(content))
		hash.Write(content)
		return nil
	})
	if err != nil {
		return "", fmt.Errorf("fingerprint of the programme definition: %w", err)
	}
	return hex.EncodeToString(hash.Sum(nil)), nil
}
