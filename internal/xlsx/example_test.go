package xlsx_test

import (
	"bytes"
	"fmt"
	"log"

	"github.com/xuri/excelize/v2"

	"kipmonitor/internal/xlsx"
)

// A workbook as an office keeps it: a municipality over two rows, and amounts in a
// number format that adds a word to them.
func Example() {
	file := excelize.NewFile()
	format := `0" Tsd."`
	style, _ := file.NewStyle(&excelize.Style{CustomNumFmt: &format})
	for cell, value := range map[string]any{"A1": "Olten", "B1": 12, "B2": 15} {
		if err := file.SetCellValue("Sheet1", cell, value); err != nil {
			log.Fatal(err)
		}
	}
	if err := file.MergeCell("Sheet1", "A1", "A2"); err != nil {
		log.Fatal(err)
	}
	if err := file.SetCellStyle("Sheet1", "B1", "B1", style); err != nil {
		log.Fatal(err)
	}
	buffer, err := file.WriteToBuffer()
	if err != nil {
		log.Fatal(err)
	}

	content, size := bytes.NewReader(buffer.Bytes()), int64(buffer.Len())
	book, err := xlsx.Open(content, size)
	if err != nil {
		log.Fatal(err) // a Refusal says why
	}
	if err := book.Survey(content, size, book.Sheets[0]); err != nil {
		log.Fatal(err)
	}
	rows, err := book.Rows(content, size, book.Sheets[0], nil)
	if err != nil {
		log.Fatal(err)
	}
	for {
		cells, row, err := rows.Next()
		if err != nil {
			break // io.EOF
		}
		fmt.Printf("%d %q", row, cells)
		for _, remark := range rows.Remarks() {
			switch remark.Kind {
			case xlsx.Merged:
				fmt.Printf(", column %d is merged", remark.Column)
			case xlsx.Dressed:
				fmt.Printf(", column %d shows more than its number", remark.Column)
			}
		}
		fmt.Println()
	}
	// Output:
	// 1 ["Olten" "12 Tsd."], column 1 shows more than its number, column 0 is merged
	// 2 ["Olten" "15"], column 0 is merged
}
