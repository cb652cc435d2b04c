/** One finished system call. */
interface Call {
  readonly start: number
  readonly end: number
  readonly name: string
  /** File or socket behind the first argument, as `strace -y` prints it. */
  readonly file: string
  readonly text: string
}

/**
 * Reads a log of `strace -f -ttt -y`: for each answer 202 or 204, was its event's ID first written to the write-ahead
 * log, and did a sync of that log begin after and return before the answer was written?
 */
export function earlyAnswers(log: string, id: RegExp): { readonly answers: number; readonly early: readonly string[] } {
  const calls = readCalls(log)
  const written = new Map<string, number>()
  const everyId = new RegExp(id.source, 'g')
  const isWal = ({ file }: Call) => file.endsWith('-wal')
  for (const call of calls.filter((one) => one.name === 'pwrite64' && isWal(one)))
    for (const [found] of call.text.matchAll(everyId)) if (!written.has(found)) written.set(found, call.end)
  const syncs = calls.filter(
    (call) => (call.name === 'fsync' || call.name === 'fdatasync') && isWal(call) && call.text.endsWith('= 0'),
  )

  // A connection carries one request at a time, so the last ID read from it is the one being answered.
  const asked = new Map<string, string>()
  const early: string[] = []
  let answers = 0
  for (const call of calls) {
    if (/^(read|readv|recvfrom)$/.test(call.name)) {
      const found = id.exec(call.text)?.[0]
      if (found) asked.set(call.file, found)
    } else if (/^(write|writev|sendto|sendmsg)$/.test(call.name) && /HTTP\/1\.1 20[24] /.test(call.text)) {
      answers++
      const event = asked.get(call.file)
      const at = event === undefined ? undefined : written.get(event)
      const covered = at !== undefined && syncs.some((sync) => sync.start >= at && sync.end <= call.start)
      if (!covered) early.push(event ?? `an answer on ${call.file} to nobody`)
    }
  }
  return { answers, early }
}

/** Lines → calls in order of their start; calls that another thread's line cut in two are put together. */
function readCalls(log: string): Call[] {
  const open = new Map<string, { start: number; text: string }>()
  const calls: Call[] = []
  for (const line of log.split('\n')) {
    const match = /^(\d+) +(\d+\.\d+) (.*)$/.exec(line)
    if (!match) continue
    const [, thread = '', time = '', rest = ''] = match
    const at = Number(time)
    if (rest.endsWith('<unfinished ...>')) {
      open.set(thread, { start: at, text: rest.slice(0, -'<unfinished ...>'.length) })
      continue
    }
    const resumed = /^<\.\.\. \w+ resumed>(.*)$/.exec(rest)
    const begun = open.get(thread)
    if (resumed && begun) open.delete(thread)
    const text = resumed ? `${begun?.text ?? ''}${resumed[1] ?? ''}` : rest
    const named = /^(\w+)\((\d+)<([^>]*)>/.exec(text)
    if (named)
      calls.push({
        start: resumed ? (begun?.start ?? at) : at,
        end: at,
        name: named[1] ?? '',
        file: named[3] ?? '',
        text,
      })
  }
  return calls.sort((a, b) => a.start - b.start)
}
