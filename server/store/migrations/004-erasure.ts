/** Who asked for erasure (HMACs of names), and events of which nothing is kept any more. */
export const erasure = `
CREATE TABLE erased (
  key BLOB PRIMARY KEY,
  at INTEGER NOT NULL
) WITHOUT ROWID;

ALTER TABLE events ADD COLUMN erased INTEGER NOT NULL DEFAULT 0;
`
