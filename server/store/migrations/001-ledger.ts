/**
 * Integer row IDs everywhere; an event is found by a 16-byte digest. Bodies lie apart from what stays after them, so that
 * scrubbing frees whole pages. The partial index on pending deliveries is the queue.
 */
export const ledger = `
CREATE TABLE meta (name TEXT PRIMARY KEY, value BLOB NOT NULL) WITHOUT ROWID;
INSERT INTO meta (name, value) VALUES ('secret', randomblob(32));

CREATE TABLE events (
  id INTEGER PRIMARY KEY,
  key BLOB NOT NULL,
  site TEXT NOT NULL,
  name TEXT NOT NULL,
  event_id TEXT NOT NULL,
  first_at INTEGER NOT NULL,
  conflict INTEGER NOT NULL DEFAULT 0,
  fired TEXT NOT NULL,
  browser INTEGER NOT NULL,
  backend INTEGER NOT NULL
);
CREATE UNIQUE INDEX events_key ON events (key);
CREATE INDEX events_first_at ON events (first_at);

-- Other ways to an event: its order (HMAC), and event IDs of copies that joined by the order.
CREATE TABLE aliases (
  key BLOB PRIMARY KEY,
  event INTEGER NOT NULL REFERENCES events ON DELETE CASCADE
) WITHOUT ROWID;
CREATE INDEX aliases_event ON aliases (event);

CREATE TABLE copies (
  id INTEGER PRIMARY KEY,
  event INTEGER NOT NULL REFERENCES events ON DELETE CASCADE,
  kind TEXT NOT NULL,
  origin TEXT NOT NULL,
  received_at INTEGER NOT NULL,
  digest TEXT NOT NULL,
  bytes_digest TEXT NOT NULL,
  facts TEXT NOT NULL,
  alias TEXT,
  result TEXT NOT NULL,
  duplicates INTEGER NOT NULL DEFAULT 0,
  retransmits INTEGER NOT NULL DEFAULT 0
);
CREATE INDEX copies_event ON copies (event);
CREATE INDEX copies_alias ON copies (alias) WHERE alias IS NOT NULL;

CREATE TABLE bodies (
  copy INTEGER PRIMARY KEY REFERENCES copies ON DELETE CASCADE,
  body TEXT NOT NULL
);

-- AUTOINCREMENT: a reservation outlives its delivery, so the number of a forgotten one may never come back.
CREATE TABLE deliveries (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  event INTEGER NOT NULL REFERENCES events ON DELETE CASCADE,
  instance TEXT NOT NULL,
  state TEXT NOT NULL,
  due_at INTEGER NOT NULL,
  held INTEGER NOT NULL DEFAULT 1,           -- due_at is the end of the hold, not of a back-off
  attempts INTEGER NOT NULL DEFAULT 0,
  first_attempt_at INTEGER,
  in_flight INTEGER NOT NULL DEFAULT 0,      -- a request was written, no answer stored
  ambiguous INTEGER NOT NULL DEFAULT 0,
  denied INTEGER NOT NULL DEFAULT 0,         -- consent went while a request was under way: no further one
  reason TEXT,
  why TEXT,
  trace TEXT,
  settled_at INTEGER,
  reopen_until INTEGER                       -- bodies are kept until then, for a copy that brings what was missing
);
CREATE UNIQUE INDEX deliveries_event ON deliveries (event, instance);
CREATE INDEX deliveries_due ON deliveries (instance, due_at) WHERE state = 'pending';
CREATE INDEX deliveries_reopen ON deliveries (reopen_until) WHERE reopen_until IS NOT NULL;

CREATE TABLE explanations (
  delivery INTEGER PRIMARY KEY REFERENCES deliveries ON DELETE CASCADE,
  at INTEGER NOT NULL,
  text TEXT NOT NULL
);
CREATE INDEX explanations_at ON explanations (at);

CREATE TABLE reservations (
  key BLOB PRIMARY KEY,
  delivery INTEGER NOT NULL,
  until INTEGER NOT NULL
) WITHOUT ROWID;
CREATE INDEX reservations_until ON reservations (until);

-- Running sums, written in the transaction they count. instance is '' but for deliveries by state.
CREATE TABLE tallies (
  name TEXT NOT NULL,
  instance TEXT NOT NULL,
  n INTEGER NOT NULL,
  PRIMARY KEY (name, instance)
) WITHOUT ROWID;
`
