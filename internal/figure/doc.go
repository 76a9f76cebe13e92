// Package figure holds the numbers of the house: exact amounts with unit and
// mark, periods, observations as they were read from a cell, and sums as the
// store returns them. It knows neither the programme nor the database.
//
// Three rules are built into the types: an amount of persons cannot be added to
// an amount of francs, a missing figure is never a zero, and a figure is a
// decimal, never a float.
package figure
