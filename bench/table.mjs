const short = (number) =>
  Math.abs(number) >= 100 ? Math.round(number).toLocaleString('en') : String(Number(number.toPrecision(3)))

/** A number, or ours beside the limit's. */
const both = (value) => (Array.isArray(value) ? value.map(short).join(' / ') : short(value))

/** The rows as a Markdown table; a `lower` row is good below its target, all others above it. */
export function tableOf(rows) {
  const cells = rows.map(({ what, unit, ours, limit, limitIs, ratio, target, lower, more = {} }) => [
    what,
    `${short(ours)} ${unit}`,
    limit === undefined ? '' : `${short(limit)} (${limitIs})`,
    limit === undefined ? '' : ratio.toFixed(2),
    target === undefined ? '' : `${lower ? '≤' : '≥'} ${target}`,
    Object.entries(more)
      .map(([name, value]) => `${name} ${both(value)}`)
      .join(', '),
  ])
  const head = ['What', 'Ours', 'Beside', 'Ratio', 'Target', 'More (ours / limit)']
  return [head, head.map(() => '---'), ...cells].map((row) => `| ${row.join(' | ')} |`).join('\n')
}
