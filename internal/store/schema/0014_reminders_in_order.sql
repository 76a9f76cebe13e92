-- The order in which rows were written, whatever the clock said at the time: a clock that
-- jumps back changes no order. Rows from before have 0, and their order by time.
ALTER TABLE reminders {{cluster}} ADD COLUMN IF NOT EXISTS sequence UInt64
