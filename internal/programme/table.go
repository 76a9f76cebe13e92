package programme

import (
	"bytes"
	"encoding/csv"
	"errors"
	"io"
	"slices"
	"strconv"
	"strings"

	"kipmonitor/internal/figure"
)

// table reads a CSV file with the named columns, in any order; row is called
// with the line and a reader of its cells.
func (l *loader) table(file string, columns []string, row func(at place, cell func(column string) string)) {
	content, ok := l.content(file)
	if !ok {
		return
	}
	reader := csv.NewReader(bytes.NewReader(bytes.TrimPrefix(content, []byte("\uFEFF"))))
	header, err := reader.Read()
	if err != nil {
		l.fileFault(place{file: file, line: 1}, "the head row is missing")
		return
	}
	for _, name := range header {
		if !slices.Contains(columns, name) {
			l.fault(place{file: file, line: 1}, "unknown column %q", name)
		}
	}
	complete := true
	for _, name := range columns {
		if !slices.Contains(header, name) {
			l.fileFault(place{file: file, line: 1}, "the column %s is missing", name)
			complete = false
		}
	}
	if !complete {
		return
	}
	for {
		cells, err := reader.Read()
		if errors.Is(err, io.EOF) {
			return
		}
		var broken *csv.ParseError
		if errors.As(err, &broken) {
			l.fileFault(place{file: file, line: broken.Line}, "%v", broken.Err)
			return
		}
		line, _ := reader.FieldPos(0)
		row(place{file: file, line: line}, func(column string) string {
			return strings.TrimSpace(cells[slices.Index(header, column)])
		})
	}
}

// whole reads a cell with a whole number; an empty cell is 0.
func (l *loader) whole(at place, column, text string, largest int) int {
	if text == "" {
		return 0
	}
	n, err := strconv.Atoi(text)
	if err != nil || n < 0 || n > largest {
		l.fault(at, "%s: %q is not a whole number from 0 to %d", column, text, largest)
		return 0
	}
	return n
}

func (l *loader) municipalities() entries[Municipality] {
	var found entries[Municipality]
	columns := []string{"bfs_nr", "hist_id", "name", "district", "region", "valid_from", "valid_to", "successor_bfs_nr", "also"}
	l.table("municipalities.csv", columns, func(at place, cell func(string) string) {
		m := Municipality{
			Number:    figure.Municipality(l.whole(at, "bfs_nr", cell("bfs_nr"), 65535)),
			HistID:    uint32(l.whole(at, "hist_id", cell("hist_id"), 999_999)),
			Name:      cell("name"),
			District:  cell("district"),
			Region:    cell("region"),
			ValidFrom: figure.Year(l.whole(at, "valid_from", cell("valid_from"), 2099)),
			ValidTo:   figure.Year(l.whole(at, "valid_to", cell("valid_to"), 2099)),
			Successor: figure.Municipality(l.whole(at, "successor_bfs_nr", cell("successor_bfs_nr"), 65535)),
		}
		for spelling := range strings.SplitSeq(cell("also"), "|") {
			if spelling = strings.TrimSpace(spelling); spelling != "" {
				m.Also = append(m.Also, spelling)
			}
		}
		found.add(m, at)
	})
	return found
}

func (l *loader) population() entries[Population] {
	var found entries[Population]
	columns := []string{"year", "bfs_nr", "total", "age_0_4", "age_5_14", "age_15_24", "age_25_54", "age_55_plus"}
	l.table("population.csv", columns, func(at place, cell func(string) string) {
		count := func(column string, largest int) int { return l.whole(at, column, cell(column), largest) }
		found.add(Population{
			Year:         figure.Year(count("year", 2099)),
			Municipality: figure.Municipality(count("bfs_nr", 65535)),
			Total:        count("total", 10_000_000),
			Age0to4:      count("age_0_4", 10_000_000),
			Age5to14:     count("age_5_14", 10_000_000),
			Age15to24:    count("age_15_24", 10_000_000),
			Age25to54:    count("age_25_54", 10_000_000),
			Age55plus:    count("age_55_plus", 10_000_000),
		}, at)
	})
	return found
}
