/** Proofs that overtook their event, whose events a visitor's are, and deliveries that are tried again by hand. */
export const delivery = `
CREATE TABLE early_proofs (
  key BLOB PRIMARY KEY,
  fired TEXT NOT NULL,
  at INTEGER NOT NULL
) WITHOUT ROWID;
CREATE INDEX early_proofs_at ON early_proofs (at);

-- Visitor (HMAC of our cookie's ID) and event, as long as something of it may usually still be sent.
CREATE TABLE visits (
  visitor BLOB NOT NULL,
  event INTEGER NOT NULL,
  at INTEGER NOT NULL,
  PRIMARY KEY (visitor, event)
) WITHOUT ROWID;
CREATE INDEX visits_at ON visits (at);

ALTER TABLE deliveries ADD COLUMN replayed_at INTEGER;               -- tried again by hand: attempts count from here
ALTER TABLE deliveries ADD COLUMN forced INTEGER NOT NULL DEFAULT 0; -- … whatever its deadline says
`
