import { isJson, readBody, type Json } from '../answer.ts'
import type { HttpResponse } from '../destination.ts'

/** Meta's usage headers: JSON texts, on some answers only (Meta: Graph API rate limits). Pure. */
function readUsage({ headers }: HttpResponse) {
  const read = (name: string): Json => {
    const text = headers[name]
    return (text && readBody({ status: 0, headers: {}, body: text })) || {}
  }
  const business = Object.values(read('x-business-use-case-usage')).flat().filter(isJson)
  return { app: read('x-app-usage'), business, account: read('x-ad-account-usage') }
}

const longest = (waits: readonly number[]): number | undefined => {
  const real = waits.filter((wait) => Number.isFinite(wait) && wait > 0)
  return real.length ? Math.max(...real) : undefined
}

const minutesToMs = (uses: readonly Json[]): number[] =>
  uses.map((use) => Number(use.estimated_time_to_regain_access) * 60_000)

/** How long Meta asks to wait once it has refused for its limits. One header counts in minutes, the other in seconds. */
export function regainMs(response: HttpResponse): number | undefined {
  const { business, account } = readUsage(response)
  return longest([...minutesToMs(business), Number(account.reset_time_duration) * 1000])
}

const slowFrom = { percent: 80, ms: 1000 }
const slowTo = { percent: 100, ms: 60_000 }

/** The pause before the next request after a yes: none below 80 % of any limit, then longer up to a minute at 100 %. */
export function slowDownMs(response: HttpResponse): number | undefined {
  const { app, business, account } = readUsage(response)
  const counts = [app, ...business].flatMap((use) => [use.call_count, use.total_time, use.total_cputime])
  const percent = longest([...counts, account.acc_id_util_pct].map(Number)) ?? 0
  const steps = (Math.min(percent, slowTo.percent) - slowFrom.percent) / (slowTo.percent - slowFrom.percent)
  const pause = steps < 0 ? 0 : Math.round(slowFrom.ms + steps * (slowTo.ms - slowFrom.ms))
  return longest([pause, ...minutesToMs(business)])
}
