package web

import (
	"net/url"
	"slices"

	"kipmonitor/internal/figure"
	"kipmonitor/internal/locale"
	"kipmonitor/internal/programme"
	"kipmonitor/internal/submission"
)

// matrixBlock is the part of the matrix for the organisations of one kind: they owe
// the same forms, so that hardly a cell is empty. Where the forms are few, the rows
// stand in several tables side by side.
type matrixBlock struct {
	Kind, Name, Count string
	Class             string // matrix-tall for many forms, matrix-one for those of a single organisation
	Columns           []matrixColumn
	Tables            [][]matrixRow
}

type matrixColumn struct{ Form, Name string }

type matrixRow struct {
	Code, Name string
	Cells      []matrixCell // one a column
}

// matrixCell holds what an organisation owes by one form: one state a period.
type matrixCell struct {
	Form   string
	States []matrixState
}

type matrixState struct {
	Part           string // "Q1"; "" for a whole year
	Standing       string
	Short, Name    string
	Title, Address string
	Quiet          bool // the filter asks for other states
}

// buildMatrix makes the matrix of the obligations that are shown. Those of the same
// organisations and forms that the filter leaves out stand there quietly.
func buildMatrix(p *programme.Programme, l locale.Language, year figure.Year, d deliveries, filter deliveryFilter) []matrixBlock {
	var blocks []matrixBlock
	for _, kind := range organisationKinds {
		ofKind := func(all []submission.Obligation) []submission.Obligation {
			return slices.DeleteFunc(slices.Clone(all), func(o submission.Obligation) bool { return p.Organisation(o.Organisation).Kind != kind })
		}
		shown := ofKind(d.Shown)
		if len(shown) == 0 {
			continue
		}
		block := matrixBlock{Kind: string(kind), Name: l.Say("deliveries.kind."+string(kind), nil)}
		forms := map[figure.Form]bool{}
		offices := map[figure.Organisation]bool{}
		for _, o := range shown {
			forms[o.Form], offices[o.Organisation] = true, true
		}
		column := map[figure.Form]int{}
		for i := range p.Forms {
			if form := &p.Forms[i]; forms[form.Code] {
				column[form.Code] = len(block.Columns)
				block.Columns = append(block.Columns, matrixColumn{string(form.Code), form.Name.In(l)})
			}
		}
		var rows []matrixRow
		for _, o := range ofKind(d.Concerned) {
			if !forms[o.Form] || !offices[o.Organisation] {
				continue
			}
			if len(rows) == 0 || rows[len(rows)-1].Code != string(o.Organisation) {
				row := matrixRow{Code: string(o.Organisation), Name: p.Organisation(o.Organisation).Name.In(l), Cells: make([]matrixCell, len(block.Columns))}
				for i, one := range block.Columns {
					row.Cells[i].Form = one.Name
				}
				rows = append(rows, row)
			}
			cell := &rows[len(rows)-1].Cells[column[o.Form]]
			cell.States = append(cell.States, newMatrixState(p, l, year, o, filter))
		}
		block.Count = l.Count(len(rows))
		switch {
		case len(rows) == 1 && len(block.Columns) > 4:
			block.Class = "matrix-one"
		case len(block.Columns) > 8:
			block.Class = "matrix-tall"
		}
		block.Tables = sideBySide(rows, len(block.Columns))
		blocks = append(blocks, block)
	}
	return blocks
}

func newMatrixState(p *programme.Programme, l locale.Language, year figure.Year, o submission.Obligation, filter deliveryFilter) matrixState {
	state := matrixState{
		Part: o.Period.Part.String(), Standing: string(o.Standing), Quiet: !filter.inState(o.Standing),
		Short: l.Say("deliveries.short."+string(o.Standing), nil), Name: l.Say("web.standing."+string(o.Standing), nil),
	}
	key := "deliveries.cell"
	if o.Extended != "" {
		key = "deliveries.cell_extended"
	}
	state.Title = l.Say(key, locale.Args{
		"organisation": p.Organisation(o.Organisation).Name.In(l), "form": p.Form(o.Form).Name.In(l), "period": o.Period, "state": state.Name,
		"due": l.Date(o.Due), "reason": o.Extended,
	})
	switch {
	case o.Submission != "":
		state.Address = "/" + string(l) + "/submissions/" + string(o.Submission)
	case isOutstanding(o.Standing):
		state.Address = "/" + string(l) + "/deliveries/reminders?" + url.Values{"organisation": {string(o.Organisation)}, "year": {itoa(int(year))}}.Encode()
	}
	return state
}

// sideBySide splits rows into up to three tables of about the same length, where
// their columns are few enough to stand beside each other.
func sideBySide(rows []matrixRow, columns int) [][]matrixRow {
	tables := 1
	switch {
	case columns <= 2 && len(rows) >= 12:
		tables = 3
	case columns <= 4 && len(rows) >= 12:
		tables = 2
	}
	length := (len(rows) + tables - 1) / tables
	return slices.Collect(slices.Chunk(rows, length))
}
