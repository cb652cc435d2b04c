/** One sample of Prometheus' text format. */
export interface Sample {
  readonly name: string
  readonly labels: Readonly<Record<string, string>>
  readonly value: number
}

export interface Scrape {
  readonly samples: readonly Sample[]
  /** Name → counter, gauge, … */
  readonly types: ReadonlyMap<string, string>
  /** The value of the sample with exactly these labels. Throws when there is none. */
  value(name: string, labels?: Record<string, string>): number
  /** The sum of all samples that carry these labels. */
  sum(name: string, labels?: Record<string, string>): number
}

const name = '[a-zA-Z_:][a-zA-Z0-9_:]*'
const labelPart = /([a-zA-Z_][a-zA-Z0-9_]*)="((?:[^"\\\n]|\\["\\n])*)"/y

/** Reads the text format 0.0.4 strictly: HELP, TYPE, then the samples of that metric, none twice. Throws at what is wrong. */
export function readText(text: string): Scrape {
  if (!text.endsWith('\n')) throw new Error('the last line has no end')
  const samples: Sample[] = []
  const types = new Map<string, string>()
  const helped = new Set<string>()
  const seen = new Set<string>()
  let current = ''
  for (const line of text.split('\n')) {
    if (line === '') continue
    const help = new RegExp(`^# HELP (${name}) (.+)$`).exec(line)
    if (help) {
      if (helped.has(help[1]!)) throw new Error(`HELP twice: ${line}`)
      helped.add(help[1]!)
      continue
    }
    const type = new RegExp(`^# TYPE (${name}) (counter|gauge|histogram|summary|untyped)$`).exec(line)
    if (type) {
      current = type[1]!
      if (types.has(current) || !helped.has(current)) throw new Error(`TYPE twice or without HELP: ${line}`)
      types.set(current, type[2]!)
      continue
    }
    const sample = new RegExp(`^(${name})(?:\\{(.*)\\})? (-?[0-9.]+(?:e[+-]?[0-9]+)?|NaN|[+-]Inf)$`).exec(line)
    if (!sample) throw new Error(`no line of the format: ${line}`)
    if (sample[1] !== current) throw new Error(`not below its TYPE: ${line}`)
    const labels = readLabels(sample[2], line)
    const key = `${current} ${JSON.stringify(Object.entries(labels).sort())}`
    if (seen.has(key)) throw new Error(`the same labels twice: ${line}`)
    seen.add(key)
    samples.push({ name: current, labels, value: Number(sample[3]) })
  }
  const fits = (sample: Sample, wanted: string, labels: Record<string, string>) =>
    sample.name === wanted && Object.entries(labels).every(([label, is]) => sample.labels[label] === is)
  return {
    samples,
    types,
    value(wanted, labels = {}) {
      const found = samples.filter((one) => fits(one, wanted, labels))
      const exact = found.filter((one) => Object.keys(one.labels).length === Object.keys(labels).length)
      const [only] = exact
      if (!only || exact.length > 1) throw new Error(`${exact.length} samples of ${wanted} ${JSON.stringify(labels)}`)
      return only.value
    },
    sum: (wanted, labels = {}) =>
      samples.filter((one) => fits(one, wanted, labels)).reduce((sum, { value }) => sum + value, 0),
  }
}

function readLabels(text: string | undefined, line: string): Record<string, string> {
  const labels: Record<string, string> = {}
  if (text === undefined) return labels
  labelPart.lastIndex = 0
  for (let at = 0; at < text.length;) {
    labelPart.lastIndex = at
    const part = labelPart.exec(text)
    if (!part) throw new Error(`wrong labels: ${line}`)
    const [whole, label = '', value = ''] = part
    if (label in labels) throw new Error(`a label twice: ${line}`)
    labels[label] = value.replace(/\\(["\\n])/g, (_, char: string) => (char === 'n' ? '\n' : char))
    at += whole.length
    if (at < text.length && text[at++] !== ',') throw new Error(`no comma: ${line}`)
  }
  return labels
}
