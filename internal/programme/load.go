package programme

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io/fs"
	"maps"
	"path"
	"slices"
	"strconv"
	"strings"

	"kipmonitor/internal/figure"
	"kipmonitor/internal/locale"
)

// Fault is one thing that is wrong with a definition.
type Fault struct {
	File    string
	Line    int // from 1; 0 where the whole file is meant
	Message string
}

// Faults are all things that are wrong with a definition, in the order of files
// and lines. It is the error of Load.
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
//
// Where a file is missing or is no YAML at all, only what cannot be read is
// reported: every reference to its entries would be a fault that is none.
func Load(files fs.FS) (*Programme, error) {
	l := &loader{files: files, contents: map[string][]byte{}, places: map[any]place{}}
	p := l.read()
	l.strangers()
	if !l.unreadable {
		p.makeIndex()
		p.complete()
		p.completeFinance()
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
	p.Fingerprint, p.files = fingerprint(l.contents), l.contents
	return p, nil
}

type loader struct {
	files    fs.FS
	contents map[string][]byte // of the files that were read, by name
	faults   Faults
	// unreadable: a file is missing or broken, so that entries are missing.
	unreadable bool
	// places finds the place of an entry by its address.
	places map[any]place
}

func (l *loader) fault(at place, format string, args ...any) {
	l.faults = append(l.faults, Fault{File: at.file, Line: at.line, Message: fmt.Sprintf(format, args...)})
}

// fileFault is a fault after which the entries of a file are not known.
func (l *loader) fileFault(at place, format string, args ...any) {
	l.unreadable = true
	l.fault(at, format, args...)
}

func (l *loader) read() *Programme {
	p := &Programme{}
	head := one[Programme](l, "programme.yaml")
	if len(head.all) == 1 {
		*p = head.all[0]
		l.places[p] = head.places[0]
	}
	units := list[Unit](l, "units.yaml")
	units.add(Unit{
		Code: figure.Percent, Decimals: 1, Name: locale.Text{DE: "Prozent", FR: "pour cent", IT: "per cento", EN: "per cent"},
	}, place{file: "units.yaml"})
	if !slices.ContainsFunc(units.all, func(u Unit) bool { return u.Code == Deliveries }) {
		units.add(Unit{Code: Deliveries, Whole: true, Name: locale.Every("programme.deliveries", nil)}, place{file: "units.yaml"})
	}
	municipalities := l.municipalities()
	organisations := list[Organisation](l, "organisations.yaml")
	municipalityOffices(municipalities, &organisations)

	p.Areas = keep(l, list[Area](l, "areas.yaml"))
	p.Units = keep(l, units)
	p.Dimensions = keep(l, list[Dimension](l, "dimensions.yaml"))
	p.KeyFigures = keep(l, list[KeyFigure](l, "keyfigures/*.yaml"))
	p.Indicators = keep(l, list[Indicator](l, "indicators/*.yaml"))
	p.Targets = keep(l, list[Target](l, "targets/*.yaml"))
	p.referenceLanguages()
	p.Caveats = keep(l, list[Caveat](l, "caveats/*.yaml"))
	p.Measures = keep(l, list[Measure](l, "measures.yaml"))
	p.Organisations = keep(l, organisations)
	p.Regions = keep(l, list[Region](l, "regions.yaml"))
	p.Municipalities = keep(l, municipalities)
	p.Population = keep(l, l.population())
	p.Forms = keep(l, one[Form](l, "forms/*.yaml"))
	p.Rules = keep(l, list[Rule](l, "rules/*.yaml"))
	for i := range p.Indicators {
		l.factors(p.Indicators[i].Numerator, l.places[&p.Indicators[i]], "numerator")
		l.factors(p.Indicators[i].Denominator, l.places[&p.Indicators[i]], "denominator")
	}
	return p
}

// factors gives the terms that state no factor the factor 1.
func (l *loader) factors(terms []Term, at place, part string) {
	for i := range terms {
		term := at.at(part, i)
		if terms[i].Factor == 0 && term.has("factor") {
			l.fault(term.at("factor"), "a term with the factor 0 counts nothing")
		}
		if terms[i].Factor == 0 {
			terms[i].Factor = figure.Whole(1)
		}
	}
}

// municipalityOffices makes an organisation of every municipality that existed at
// any time: each delivers for itself.
func municipalityOffices(municipalities entries[Municipality], organisations *entries[Organisation]) {
	found := map[figure.Municipality]int{}
	for i, m := range municipalities.all {
		if before, known := found[m.Number]; known {
			// A further state of the same number, after a change of its name.
			office := &organisations.all[before]
			office.From = min(office.From, m.ValidFrom)
			if m.ValidTo == 0 || (office.To != 0 && m.ValidTo > office.To) {
				office.To = m.ValidTo
			}
			continue
		}
		found[m.Number] = len(organisations.all)
		organisations.add(Organisation{
			Code: MunicipalityCode(m.Number), Kind: MunicipalityOffice, Municipality: m.Number,
			From: m.ValidFrom, To: m.ValidTo, Standing: Law,
			Name: locale.Every("programme.municipality", locale.Args{"name": m.Name}),
		}, municipalities.places[i])
	}
}

// MunicipalityCode is the code of the organisation that a municipality is:
// "G2401".
func MunicipalityCode(number figure.Municipality) figure.Organisation {
	return figure.Organisation("G" + strconv.Itoa(int(number)))
}

// demoFile holds the parameters of the demo data, which another part of the
// program reads.
const demoFile = "demo.yaml"

// strangers reports files that look like a part of the definition and are not
// read: a folder or file with a misspelt name would be left out silently.
func (l *loader) strangers() {
	err := fs.WalkDir(l.files, ".", func(name string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() || name == demoFile {
			return err
		}
		_, read := l.contents[name]
		if extension := path.Ext(name); !read && slices.Contains([]string{".yaml", ".yml", ".csv"}, extension) {
			l.fault(place{file: name}, "no part of the definition has this name, so that it would not be read")
		}
		return nil
	})
	if err != nil {
		l.fault(place{file: "."}, "%v", err)
	}
}

// fingerprint is the SHA-256, in hex, over the names and contents of the files
// that were read, sorted by name.
func fingerprint(contents map[string][]byte) string {
	hash := sha256.New()
	for _, name := range slices.Sorted(maps.Keys(contents)) {
		// With the length, no two sets of files give the same bytes.
		fmt.Fprintf(hash, "%s %d\n", name, len(contents[name]))
		hash.Write(contents[name])
	}
	return hex.EncodeToString(hash.Sum(nil))
}
