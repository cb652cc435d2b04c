/** Running sums by labels: an addition in a map and nothing more, for whoever works in the path of an event. */
export class Sums<Label extends string> {
  readonly names: readonly Label[]
  readonly #sums = new Map<string, { readonly labels: readonly string[]; n: number }>()

  /** @param names the labels, in the order in which `add` gets their values */
  constructor(...names: Label[]) {
    this.names = names
  }

  /** One value a label, each from a closed set: a sum is kept for every combination that ever came. */
  add(labels: readonly string[], n = 1): void {
    const key = labels.join('\n')
    const sum = this.#sums.get(key)
    if (sum) sum.n += n
    else this.#sums.set(key, { labels: [...labels], n })
  }

  /** Every sum with its labels. */
  rows(): readonly { readonly labels: Readonly<Record<Label, string>>; readonly n: number }[] {
    return Array.from(this.#sums.values(), ({ labels, n }) => ({
      labels: Object.fromEntries(this.names.map((name, at) => [name, labels[at] ?? ''])) as Record<Label, string>,
      n,
    }))
  }

  /** The sum of all that carry these labels. */
  total(wanted: Partial<Record<Label, string>> = {}): number {
    const asked = Object.entries(wanted) as [Label, string][]
    return this.rows().reduce(
      (sum, { labels, n }) => (asked.every(([name, is]) => labels[name] === is) ? sum + n : sum),
      0,
    )
  }
}
