import type { Explanation, FieldSource } from '../store.ts'

/** As it rests: nearly all fields come from one kind of copy, so each kind is written once. */
type Resting = Omit<Explanation, 'origins'> & {
  readonly origins?: Explanation['origins']
  readonly from?: readonly (readonly [FieldSource, ...string[]])[]
}

/** An explanation as the text it rests in. */
export function packExplanation({ origins, ...rest }: Explanation): string {
  if (!origins) return JSON.stringify(rest)
  const from = new Map<FieldSource, [FieldSource, ...string[]]>()
  for (const [field, source] of Object.entries(origins)) {
    const fields = from.get(source)
    if (fields) fields.push(field)
    else from.set(source, [source, field])
  }
  return JSON.stringify({ ...rest, from: [...from.values()] })
}

/** The text again as what it was; older ones have their origins field by field. */
export function readExplanation(text: string): Explanation {
  const { from, ...rest } = JSON.parse(text) as Resting // written above
  if (!from) return rest
  const origins = from.flatMap(([source, ...fields]) => fields.map((field) => [field, source] as const))
  return { ...rest, origins: Object.fromEntries(origins) }
}
