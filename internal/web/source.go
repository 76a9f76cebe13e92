package web

import (
	"context"
	"slices"
	"strconv"
	"strings"

	"github.com/gofiber/fiber/v2"

	"kipmonitor/internal/figure"
	"kipmonitor/internal/indicator"
	"kipmonitor/internal/locale"
	"kipmonitor/internal/problem"
	"kipmonitor/internal/programme"
	"kipmonitor/internal/table"
	"kipmonitor/internal/upload"
)

// sourceRow is a file behind an indicator, by key figure.
type sourceRow struct {
	Organisation, Period, KeyFigure, Figures, Submission, FileName, Cells, State string
}

// maxSources bounds the observations that the page looks at; the sums are made
// of all of them.
const maxSources = 5000

// sources lists the files and cells that the figures of an indicator came from.
// It says where a figure stands, not what it is: a single cell may be a small
// count.
func (s *Server) sources(ctx context.Context, r request, i *programme.Indicator) (string, []sourceRow, error) {
	var figures []figure.KeyFigure
	for _, term := range slices.Concat(i.Numerator, i.Denominator) {
		if k := s.Programme.KeyFigure(term.KeyFigure); !k.System && !slices.Contains(figures, k.ID) {
			figures = append(figures, k.ID)
		}
	}
	l := r.Language
	if len(figures) == 0 {
		return l.Say("web.indicator.sources_system", nil), nil, nil
	}
	sources, err := s.Figures.Lineage(ctx, figure.Question{Figures: figures, Years: []figure.Year{r.Year}}, maxSources)
	if err != nil {
		return "", nil, err
	}
	if len(sources) == 0 {
		return l.Say("web.indicator.sources_none", locale.Args{"year": yearOf(r)}), nil, nil
	}
	rows, organisations := s.sourceRows(l, sources)
	key := "web.indicator.sources_intro"
	if len(sources) == maxSources {
		key = "web.indicator.sources_more"
	}
	return l.Say(key, locale.Args{"files": countFiles(sources), "organisations": organisations}), rows, nil
}

func countFiles(sources []figure.Source) int {
	files := map[string]bool{}
	for _, source := range sources {
		files[source.Submission] = true
	}
	return len(files)
}

// sourceRows groups observations by file and key figure.
func (s *Server) sourceRows(l locale.Language, sources []figure.Source) ([]sourceRow, int) {
	type key struct {
		submission string
		keyFigure  figure.KeyFigure
	}
	index := map[key]int{}
	organisations := map[figure.Organisation]bool{}
	var rows []sourceRow
	var cells [][]figure.Cell
	for _, source := range sources {
		organisations[source.Organisation] = true
		k := key{source.Submission, source.KeyFigure}
		at, known := index[k]
		if !known {
			at = len(rows)
			index[k] = at
			state := "web.event.submitted"
			if source.Accepted {
				state = "web.event.accepted"
			}
			name := string(source.Organisation)
			if office := s.Programme.Organisation(source.Organisation); office != nil {
				name = office.Name.In(l)
			}
			rows = append(rows, sourceRow{Organisation: name, Period: l.Period(source.Period), KeyFigure: s.Programme.KeyFigure(source.KeyFigure).Name.In(l),
				Submission: source.Submission, FileName: source.FileName, State: l.Say(state, nil)})
			cells = append(cells, nil)
		}
		cells[at] = append(cells[at], source.Cell)
	}
	for i := range rows {
		rows[i].Figures = l.Count(len(cells[i]))
		rows[i].Cells = ranges(cells[i])
	}
	return rows, len(organisations)
}

// ranges writes cells as Excel names them, runs of rows of one column as one
// range: «F2–F18, F21».
func ranges(cells []figure.Cell) string {
	slices.SortFunc(cells, func(a, b figure.Cell) int {
		if a.Column != b.Column {
			return int(a.Column) - int(b.Column)
		}
		return int(a.Row) - int(b.Row)
	})
	var parts []string
	for i := 0; i < len(cells); {
		j := i
		for j+1 < len(cells) && cells[j+1].Column == cells[i].Column && cells[j+1].Row == cells[j].Row+1 {
			j++
		}
		text := cells[i].Name()
		if i == 0 {
			text = cells[i].Full()
		}
		if j > i {
			text += "–" + cells[j].Name()
		}
		if parts = append(parts, text); len(parts) == 6 && j+1 < len(cells) {
			parts = append(parts, "…")
			break
		}
		i = j + 1
	}
	return strings.Join(parts, ", ")
}

// tableDownloads links to the breakdown of an indicator as a file.
func (s *Server) tableDownloads(r request, i *programme.Indicator) []link {
	dimension := s.askedDimension(r, i)
	if dimension == "" {
		return nil
	}
	var links []link
	for _, format := range []string{"csv", "xlsx", "json"} {
		address := "/" + string(r.Language) + "/indicators/" + i.ID + "/table." + format + "?year=" + strconv.Itoa(int(r.Year)) + "&by=" + string(dimension)
		if r.Query.Get("basis") == "today" {
			address += "&basis=today"
		}
		links = append(links, link{s.Programme.Dimension(dimension).Title.In(r.Language) + " " + strings.ToUpper(format), address})
	}
	return links
}

// indicatorTable sends the breakdown of an indicator as a file.
func (s *Server) indicatorTable(c *fiber.Ctx) error {
	r, err := s.parseRequest(c)
	if err != nil {
		return err
	}
	i, err := s.findIndicator(c)
	if err != nil {
		return err
	}
	dimension := s.askedDimension(r, i)
	if dimension == "" {
		return fiber.ErrNotFound
	}
	basis := indicator.AsReported
	if r.Query.Get("basis") == "today" {
		basis = indicator.TodaysMunicipalities
	}
	ctx, cancel := s.deadline(c)
	defer cancel()
	protected, err := s.parts(ctx, i, dimension, r.Year, basis)
	if err != nil {
		return err
	}
	writer := table.NewWriter(s.Programme, r.Language)
	format := c.Params("format")
	c.Set(fiber.HeaderContentDisposition, upload.Attachment(i.ID+"-"+string(dimension)+"-"+yearOf(r)+"."+format))
	switch format {
	case "csv":
		c.Set(fiber.HeaderContentType, "text/csv; charset=utf-8")
		return writer.CSV(c, protected)
	case "xlsx":
		c.Set(fiber.HeaderContentType, "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet")
		return writer.XLSX(c, protected)
	case "json":
		c.Set(fiber.HeaderContentType, fiber.MIMEApplicationJSONCharsetUTF8)
		return writer.JSON(c, protected)
	}
	return problem.New(problem.NotFound, "format_unknown", locale.Args{"format": format})
}
