package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"

	"kipmonitor/internal/locale"
)

// firstLinkFile is where the link of the first administrator lies where no screen shows
// it, in the data folder.
const firstLinkFile = "first-administrator.txt"

// offerFirstLink gives the link by which the first account of the administration is
// made, while there is none: on the screen of whoever starts the program or, where its
// output goes into a journal that others read, in a file for its own user alone.
func (o *options) offerFirstLink(ctx context.Context, app *app, base string, stdout io.Writer) error {
	path := filepath.Join(o.data, firstLinkFile)
	// That of an earlier start is of no use any more.
	if err := os.Remove(path); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("link of the first administrator: %w", err)
	}
	link, needed, err := app.accounts.FirstLink(ctx)
	if err != nil || !needed {
		return err
	}
	address := base + "/" + string(spoken) + "/link/" + link
	text := say("first_link", nil)
	if isTerminal(stdout) {
		fmt.Fprintf(stdout, "%s\n  %s\n", text, address)
		return nil
	}
	if err := os.WriteFile(path, []byte(text+"\n"+address+"\n"), 0o600); err != nil {
		return fmt.Errorf("link of the first administrator: %w", err)
	}
	fmt.Fprintln(stdout, say("first_link_file", locale.Args{"file": path}))
	return nil
}

// isTerminal reports whether somebody sees what is written.
func isTerminal(out io.Writer) bool {
	file, ok := out.(*os.File)
	if !ok {
		return false
	}
	info, err := file.Stat()
	return err == nil && info.Mode()&os.ModeCharDevice != 0
}
