/** The click-ID vault: a visitor's click IDs, and the ways by which another event finds the visitor. */
export const vault = `
CREATE TABLE visitors (
  id INTEGER PRIMARY KEY,
  clicks TEXT NOT NULL,                      -- {name: {value, at}}
  landing TEXT,
  last_at INTEGER NOT NULL
);
CREATE INDEX visitors_last_at ON visitors (last_at);

-- HMACs, so that an order number or a person cannot be read out of the file.
CREATE TABLE handles (
  key BLOB PRIMARY KEY,
  visitor INTEGER NOT NULL REFERENCES visitors ON DELETE CASCADE
) WITHOUT ROWID;
CREATE INDEX handles_visitor ON handles (visitor);
`
