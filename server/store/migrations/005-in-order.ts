/**
 * What is written in the order in which it comes, because a page for each in its own place costs most: send reservations,
 * whose keys are random and which go to their places many at once, and explanations, which lanes write at different times.
 */
export const inOrder = `
CREATE TABLE fresh_reservations (
  id INTEGER PRIMARY KEY,
  entries BLOB NOT NULL                      -- 32 bytes each: key, delivery, until
);

CREATE TABLE explained (
  id INTEGER PRIMARY KEY,
  delivery INTEGER NOT NULL,
  at INTEGER NOT NULL,
  text TEXT NOT NULL
);
INSERT INTO explained (delivery, at, text) SELECT delivery, at, text FROM explanations ORDER BY at;
CREATE INDEX explained_at ON explained (at);
ALTER TABLE deliveries ADD COLUMN explained INTEGER;
UPDATE deliveries SET explained = x.id FROM explained x WHERE x.delivery = deliveries.id;
DROP TABLE explanations;
`
