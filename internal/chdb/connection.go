package chdb

import (
	"errors"
	"maps"
	"runtime"
	"slices"
	"strings"
	"unsafe"
)

var errNoConnection = errors.New("the embedded database engine does not start: the folder is damaged or not writable, or an argument is not valid")

// connection is one connection of the library, with the database and the
// settings that statements have chosen on it.
type connection struct {
	arguments []string
	handle    uintptr // chdb_connection *, 0 where there is none
	database  string
	settings  map[string]string
	changed   bool   // by a statement, in ways that are not written down here
	buffer    []byte // for the rows of inserts
}

// raw is the chdb_connection that the calls take.
func (c *connection) raw() uintptr { return *(*uintptr)(at(c.handle)) }

// prepare brings the connection to the database and the settings that a
// statement wants, as if it had a session of its own. What an earlier statement
// chose and this one does not goes away with the connection: a new one takes a
// sixth of a millisecond, and SET … = DEFAULT would forget the arguments.
func (c *connection) prepare(database string, settings map[string]string) error {
	if c.handle == 0 || c.changed || c.exceeds(database, settings) {
		if err := c.renew(); err != nil {
			return err
		}
	}
	err := c.apply(database, settings)
	if err != nil && c.renew() == nil {
		// A setting such as readonly lets no further one be set.
		err = c.apply(database, settings)
	}
	if err != nil {
		c.changed = true
	}
	return err
}

// exceeds tells whether the connection has a choice that is not wanted.
func (c *connection) exceeds(database string, settings map[string]string) bool {
	for name := range c.settings {
		if _, wanted := settings[name]; !wanted {
			return true
		}
	}
	return c.database != "" && c.database != database
}

func (c *connection) apply(database string, settings map[string]string) error {
	if database != c.database {
		if err := c.execute("USE `" + strings.NewReplacer("\\", "\\\\", "`", "\\`").Replace(database) + "`"); err != nil {
			return err
		}
		c.database = database
	}
	var changes []string
	for _, name := range slices.Sorted(maps.Keys(settings)) {
		if value, set := c.settings[name]; !set || value != settings[name] {
			changes = append(changes, name+" = '"+strings.NewReplacer(`\`, `\\`, `'`, `\'`).Replace(settings[name])+"'")
		}
	}
	if len(changes) == 0 {
		return nil
	}
	if err := c.execute("SET " + strings.Join(changes, ", ")); err != nil {
		return err
	}
	c.settings = settings
	return nil
}

// renew replaces the connection by a fresh one.
func (c *connection) renew() error {
	old := c.handle
	c.handle, c.database, c.settings, c.changed = connect(c.arguments), "", nil, false
	if old != 0 {
		calls.closeConnection(old)
	}
	if c.handle == 0 {
		return errNoConnection
	}
	return nil
}

func (c *connection) close() {
	if c.handle != 0 {
		calls.closeConnection(c.handle)
		c.handle = 0
	}
}

// connect gives 0 where the library refuses.
func connect(arguments []string) uintptr {
	var pins runtime.Pinner
	defer pins.Unpin()
	argv := make([]unsafe.Pointer, len(arguments)+1)
	for i, argument := range arguments {
		text := append([]byte(argument), 0)
		pins.Pin(&text[0])
		argv[i] = unsafe.Pointer(&text[0])
	}
	pins.Pin(&argv[0])
	return calls.connect(int32(len(arguments)), unsafe.Pointer(&argv[0]))
}
