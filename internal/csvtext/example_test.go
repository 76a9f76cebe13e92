package csvtext_test

import (
	"bytes"
	"fmt"
	"log"

	"kipmonitor/internal/csvtext"
)

// A text as Excel in a Swiss Windows saves it: Windows-1252, with semicolons.
func Example() {
	text := []byte("Gemeinde;Anzahl;Bemerkung\nB\xFCren;12;\"fr\xFCh; und viel\"\n")
	content, size := bytes.NewReader(text), int64(len(text))
	survey, err := csvtext.Look(content, size)
	if err != nil {
		log.Fatal(err)
	}
	way := survey.Dialects(text)[0]
	fmt.Println(survey.Encoding, way.Name())
	rows, err := survey.Rows(content, size, way)
	if err != nil {
		log.Fatal(err)
	}
	for {
		cells, row, err := rows.Next()
		if err != nil {
			break // io.EOF
		}
		fmt.Printf("%d %q\n", row, cells)
	}
	// Output:
	// Windows-1252 ;
	// 1 ["Gemeinde" "Anzahl" "Bemerkung"]
	// 2 ["Büren" "12" "früh; und viel"]
}
