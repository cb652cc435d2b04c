import type { RuleName } from './settings.ts'

/** What one rule makes of one subject at this moment. */
export interface Finding {
  readonly rule: RuleName
  /** An instance, a site, or a part of a site. */
  readonly subject: string
  readonly site: string
  readonly platform?: string
  /** `unknown`: between the two thresholds, or too little to tell. What was said stays said then. */
  readonly verdict: 'bad' | 'good' | 'unknown'
  /** What was found, one sentence; of a bad one. */
  readonly message?: string
  /** What to do, one sentence. */
  readonly fix?: string
  /** A bad one that gets worse changes its stage, and is said again. */
  readonly stage?: string
  /** A number the rule wants back for as long as the condition lasts, such as the share before. */
  readonly base?: number
}

/** A condition that was found and is not over. */
export interface Condition {
  readonly rule: RuleName
  readonly subject: string
  readonly site: string
  readonly platform?: string
  /** Epoch ms. */
  readonly since: number
  readonly message: string
  readonly fix?: string
  readonly stage?: string
  readonly base?: number
  /** Since when it looks well, epoch ms; it may have to last. */
  readonly wellSince?: number
  /** The stage that was told; absent: nobody was told, for the rule was mute. */
  readonly said?: string
}

export type Conditions = Readonly<Record<string, Condition>>
/** Rule → until when it is mute, epoch ms. */
export type Mutes = Readonly<Partial<Record<RuleName, number>>>

export const idOf = ({ rule, subject }: { readonly rule: RuleName; readonly subject: string }): string =>
  `${rule} ${subject}`

/** Something to tell. `over`: the condition has ended. */
export interface News {
  readonly state: 'firing' | 'over'
  readonly condition: Condition
}

/**
 * The conditions after one more look, and what is news. A condition is told once when it begins, once more for each
 * stage it worsens to, and once when it is over; a mute rule tells nothing, and catches up when it may speak again.
 * @param wellForMs how long it must look well: of several processes each sees a part
 */
export function step(
  known: Conditions,
  findings: readonly Finding[],
  mutes: Mutes,
  now: number,
  wellForMs = 0,
): { readonly conditions: Conditions; readonly news: readonly News[] } {
  const next: Record<string, Condition> = {}
  const news: News[] = []
  for (const finding of findings) {
    const id = idOf(finding)
    const before = known[id]
    const isMute = (mutes[finding.rule] ?? -Infinity) > now
    if (finding.verdict === 'good') {
      const wellSince = before?.wellSince ?? now
      if (before && now - wellSince < wellForMs) {
        next[id] = { ...before, wellSince }
        continue
      }
      if (before?.said !== undefined && !isMute) news.push({ state: 'over', condition: before })
      continue
    }
    if (finding.verdict === 'unknown' && !before) continue
    const condition = finding.verdict === 'bad' ? conditionOf(finding, before, now) : before!
    const stage = condition.stage ?? ''
    const isNews = !isMute && condition.said !== stage
    next[id] = isNews ? { ...condition, said: stage } : condition
    if (isNews) news.push({ state: 'firing', condition })
  }
  return { conditions: next, news }
}

function conditionOf(finding: Finding, before: Condition | undefined, now: number): Condition {
  const { rule, subject, site, platform, message = '', fix, stage, base } = finding
  return {
    rule,
    subject,
    site,
    ...(platform !== undefined && { platform }),
    since: before?.since ?? now,
    message,
    ...(fix !== undefined && { fix }),
    ...(stage !== undefined && { stage }),
    ...(before?.base !== undefined ? { base: before.base } : base !== undefined && { base }),
    ...(before?.said !== undefined && { said: before.said }),
  }
}
