package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/url"
	"os"
	"os/signal"
	"slices"
	"strings"
	"syscall"
	"time"

	"kipmonitor/internal/account"
	"kipmonitor/internal/locale"
	"kipmonitor/internal/programme"
	"kipmonitor/internal/store"
	"kipmonitor/internal/submission"
)

func runDoctor(args []string, stdout, stderr io.Writer) int {
	d := doctor{out: stdout, progress: stderr, language: spoken}
	flags := flag.NewFlagSet("doctor", flag.ContinueOnError)
	d.options.register(flags)
	flags.BoolVar(&d.repair, "repair", false, say("option.repair", nil))
	flags.BoolVar(&d.acceptLoss, "accept-loss", false, say("option.accept_loss", nil))
	if code, ok := parse(flags, args, stderr); !ok {
		return code
	}
	if flags.NArg() > 0 {
		return astray(stderr, "doctor", flags.Arg(0))
	}
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	if err := d.run(ctx); err != nil {
		return fail(stderr, err)
	}
	if d.faults > 0 {
		return 1
	}
	return 0
}

// doctor looks for damage in the stored data. It changes nothing but where it is told to
// repair.
type doctor struct {
	options            options
	repair, acceptLoss bool
	out, progress      io.Writer
	language           locale.Language

	programme *programme.Programme
	store     *store.Store
	faults    int // that are left
}

// errDamaged says that what was found stands above it.
var errDamaged = newFault("damaged", nil)

// run examines everything, and repairs where it is told to. A running server examines
// its data itself.
func (d *doctor) run(ctx context.Context) (err error) {
	server, err := d.options.running(ctx)
	if err != nil {
		return err
	}
	if server != nil {
		if d.repair || d.acceptLoss {
			return newFault("server_runs", nil)
		}
		output, err := server.ask(ctx, http.MethodGet, "doctor", url.Values{}, nil)
		fmt.Fprint(d.out, output)
		return err
	}
	if d.programme, err = d.options.loadProgramme(); err != nil {
		return err
	}
	if d.store, err = store.Open(ctx, d.options.storeConfig(), d.programme); err != nil {
		return err
	}
	defer func() { err = errors.Join(err, d.store.Close()) }()
	if d.repair || d.acceptLoss {
		if err := d.mend(ctx); err != nil {
			return err
		}
	}
	return d.examine(ctx)
}

// examine says what is in order and what is not.
func (d *doctor) examine(ctx context.Context) error {
	for _, step := range []struct {
		name    string
		examine func(context.Context) ([]string, error)
	}{
		{"space", d.space}, {"key", d.key}, {"clock", d.clock}, {"tables", d.tables},
		{"files", d.files}, {"submissions", d.submissions}, {"orphans", d.orphans},
	} {
		name := d.language.Say("integrity.step."+step.name, nil)
		wrong, err := step.examine(ctx)
		if err != nil {
			return fmt.Errorf("%s: %w", name, err)
		}
		if len(wrong) == 0 {
			fmt.Fprintf(d.out, "%s: %s\n", name, d.language.Say("integrity.fine", nil))
			continue
		}
		d.faults += len(wrong)
		fmt.Fprintf(d.out, "%s:\n  %s\n", name, strings.Join(wrong, "\n  "))
	}
	return d.conclude()
}

// conclude says what to do about what is left.
func (d *doctor) conclude() error {
	damages := d.store.Damages()
	switch {
	case d.faults == 0:
		fmt.Fprintln(d.out, d.language.Say("integrity.result.fine", nil))
	case len(damages) > 0 && !d.repair && slices.ContainsFunc(damages, func(damage store.Damage) bool { return damage.Table == "observations" }):
		fmt.Fprintln(d.out, d.language.Say("integrity.repair.try", nil))
	case len(damages) > 0:
		fmt.Fprintln(d.out, d.language.Say("integrity.repair.only_backup", nil))
	}
	return nil
}

// spaceNeeded is the least that should be free, in bytes: the engine writes a merged
// part beside those that it is made of.
const spaceNeeded = 1 << 30

func (d *doctor) space(context.Context) ([]string, error) {
	if d.options.clickhouse != "" {
		return nil, nil
	}
	var disk syscall.Statfs_t
	if err := syscall.Statfs(d.options.data, &disk); err != nil {
		return nil, err
	}
	if free := disk.Bavail * uint64(disk.Bsize); free < spaceNeeded {
		return []string{d.language.Say("integrity.space_low", locale.Args{"free": int(free >> 20), "needed": spaceNeeded >> 20})}, nil
	}
	return nil, nil
}

// key examines the key of the accounts.
func (d *doctor) key(ctx context.Context) ([]string, error) {
	if slices.ContainsFunc(d.store.Damages(), func(damage store.Damage) bool { return damage.Table == "accounts" }) {
		return nil, nil // said with the tables
	}
	if _, err := os.Stat(keyFile(d.options.data)); errors.Is(err, os.ErrNotExist) && os.Getenv(keyVariable) == "" {
		all, err := d.store.Accounts(ctx)
		if err != nil || len(all) == 0 {
			return nil, err
		}
	}
	if _, err := d.options.newAccounts(ctx, d.programme, d.store); err != nil {
		return []string{err.Error()}, nil
	}
	return nil, nil
}

// clock holds the clock against the last event.
func (d *doctor) clock(ctx context.Context) ([]string, error) {
	all, err := d.store.Submissions(ctx, submission.Filter{})
	if err != nil {
		return nil, nil // said with the tables
	}
	var last time.Time
	for _, s := range all {
		if at := s.Events[len(s.Events)-1].At; at.After(last) {
			last = at
		}
	}
	// Clocks of machines that are set by the network differ by less.
	if now := time.Now(); last.After(now.Add(time.Minute)) && !d.programme.Demo {
		return []string{d.language.Say("integrity.clock_behind", locale.Args{"last": last.Format(time.RFC3339), "now": now.Format(time.RFC3339)})}, nil
	}
	return nil, nil
}

func (d *doctor) tables(ctx context.Context) ([]string, error) {
	damages, err := d.store.Verify(ctx)
	var wrong []string
	for _, damage := range damages {
		wrong = append(wrong, damage.What.In(d.language))
	}
	return wrong, err
}

func (d *doctor) orphans(ctx context.Context) ([]string, error) {
	left, err := d.store.Orphans(ctx, time.Now().Add(-orphanAge))
	if err == nil && left.Rows > 0 {
		fmt.Fprintf(d.out, "%s: %s\n", d.language.Say("integrity.step.orphans", nil),
			d.language.Say("integrity.orphans", locale.Args{"rows": int(left.Rows), "old": int(left.Old)}))
	}
	return nil, err
}

// orphanAge is how long what a cancelled import left behind is kept: no import takes as
// long.
const orphanAge = 24 * time.Hour

// sayDamages verifies the data and logs what is wrong with them. What reads damaged data
// is refused from then on; the rest goes on.
func sayDamages(ctx context.Context, s *store.Store, log *slog.Logger) error {
	damages, err := s.Verify(ctx)
	for _, damage := range damages {
		log.Error("the stored data are damaged: run kipmonitor doctor", "what", damage.What.EN)
	}
	return err
}

// mendKey makes a new key where it is missing.
func (d *doctor) mendKey(ctx context.Context) error {
	path := keyFile(d.options.data)
	if _, err := os.Stat(path); !errors.Is(err, os.ErrNotExist) || os.Getenv(keyVariable) != "" || d.options.clickhouse != "" {
		return nil
	}
	var records account.Records = d.store
	if _, err := accountKey(ctx, d.options.data, records, true); err != nil {
		return err
	}
	fmt.Fprintln(d.out, d.language.Say("integrity.repair.key_made", locale.Args{"file": path}))
	return nil
}
