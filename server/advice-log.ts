import { dayMs, hourMs } from '../shared/limits.ts'
import { adviceOn } from './advice.ts'
import type { SiteInstance } from './site.ts'

/** Once at the start and once a day; a clock that was set back begins anew. @param saidAt epoch ms of the last time */
export const isDue = (saidAt: number | undefined, now: number): boolean =>
  saidAt === undefined || now < saidAt || now - saidAt >= dayMs

export interface AdviceLogDeps {
  readonly now: () => number
  readonly log: (entry: Readonly<Record<string, unknown>>) => void
}

/** Logs what there is to see to, a line each: at the start, and then daily. */
export function createAdviceLog(instances: readonly SiteInstance[], { now, log }: AdviceLogDeps) {
  let saidAt: number | undefined
  let timer: NodeJS.Timeout | undefined
  const look = () => {
    const at = now()
    if (!isDue(saidAt, at)) return
    saidAt = at
    for (const instance of instances)
      for (const { level, ...words } of adviceOn(instance, at))
        if (level !== 'info') log({ level: 'warn', instance: instance.name, ...words })
  }
  return {
    /** Says what is due at this time. */
    look,
    start() {
      look()
      timer = setInterval(look, hourMs).unref()
    },
    stop: () => clearInterval(timer),
  }
}
