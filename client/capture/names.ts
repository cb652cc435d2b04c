import { foldName, nameRows } from '../../shared/name-table.ts'

/** The row a spelling stands in: our name, then Meta's, Reddit's and Snapchat's, '' or nothing where one has none. */
export const nameRow = (name: string): readonly string[] | undefined => {
  const folded = foldName(name)
  return nameRows.find((row) => row.some((alias) => alias && foldName(alias) === folded))
}
