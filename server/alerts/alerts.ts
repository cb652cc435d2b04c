import { minuteMs } from '../../shared/limits.ts'
import type { Figures } from '../metrics/figures.ts'
import { Sums } from '../metrics/sums.ts'
import type { Store } from '../store/store.ts'
import { step, type Condition } from './finding.ts'
import { createHearing } from './heard.ts'
import { createHistory, type History } from './history.ts'
import { emptyMemory, parseHistory, parseMemory, type Memory } from './memory.ts'
import { messageOf, testMessage } from './message.ts'
import { afterTry, digestOf, owe, post, type Owed, type Post, type Posted } from './outbox.ts'
import { judge, type Source } from './rules.ts'
import { judgeSenders, type Sender } from './senders.ts'
import { isOn, ruleNames, ruleTitles, type AlertSettings, type RuleName } from './settings.ts'

/** A rule as a page shows it. */
export interface RuleState {
  readonly rule: RuleName
  readonly title: string
  /** False: switched off in the settings. */
  readonly isOn: boolean
  /** Epoch ms; absent: it may speak. */
  readonly mutedUntil?: number
  readonly conditions: readonly Condition[]
}

export interface AlertsState {
  readonly rules: readonly RuleState[]
  /** Host names alone: an address is a secret. */
  readonly webhooks: readonly string[]
  /** Messages that no webhook has taken yet. */
  readonly owed: number
}

/** What came of a test message at each webhook. */
export interface TestResult {
  readonly webhook: string
  readonly posted: Posted
  /** A status, or the code of a failure. */
  readonly why: string
}

export interface AlertsDeps {
  readonly store: Pick<Store, 'recent' | 'note' | 'noted' | 'isShared'>
  readonly figures: () => Promise<Figures>
  readonly send: Post
  readonly now: () => number
  readonly log: (entry: Readonly<Record<string, unknown>>) => void
  /** Takes secrets out of a platform's words. */
  readonly hide: (text: string) => string
}

export interface Alerts {
  state(): Promise<AlertsState>
  /** Keeps a rule quiet until a time, epoch ms; undefined lets it speak again. */
  mute(rule: RuleName, until: number | undefined): Promise<void>
  /** Posts a test message to every webhook, once. */
  test(): Promise<readonly TestResult[]>
  /** Looks at everything once, and tells what is news. The timer of `start` calls it every minute. */
  look(): Promise<void>
  /** Posts what is due of what is owed. */
  drain(): Promise<void>
  update(settings: AlertSettings): void
  /** Posts by what came of them: taken, again, refused. */
  readonly posts: Sums<'result'>
  start(): void
  stop(): Promise<void>
}

const lookEveryMs = minuteMs
const drainEveryMs = 5_000
/** Several processes look once a minute each, and one may see what the others do not. */
const wellForMs = { own: 0, shared: 150_000 } as const
/** Longer than a post may take. */
const leaseMs = 30_000
const saveEveryMs = 5 * minuteMs
const rowsEveryMs = 5 * minuteMs
const rowsRead = 200
const rowsForSilence = 20
const notes = { memory: 'alerts', history: 'alerts usual' } as const

/** Watches the figures by the rules, and tells webhooks what is news. */
export function createAlerts(given: AlertSettings, deps: AlertsDeps): Alerts {
  const { store, now, log, hide } = deps
  const posts = new Sums<'result'>('result')
  let settings = given
  let memory: Memory | undefined
  let history: History | undefined
  let hearing: ReturnType<typeof createHearing> | undefined
  let senders: readonly Sender[] = []
  let readRowsAt = -Infinity
  let savedAt = now()
  const startedAt = now()
  let timers: NodeJS.Timeout[] = []
  let queue: Promise<unknown> = Promise.resolve()

  /** One thing at a time: each reads the memory, changes it and keeps it. */
  const inTurn = <T>(work: () => Promise<T>): Promise<T> => {
    const done = queue.then(work)
    queue = done.catch(() => undefined)
    return done
  }

  /** A store that is away is no reason to be silent: what is known goes on in memory. */
  const report = (error: unknown) =>
    log({ level: 'error', message: `Alerts: ${error instanceof Error ? error.message : String(error)}` })

  /** Several processes share a note, so theirs is read before every change. */
  async function recall(): Promise<Memory> {
    if (memory && !store.isShared) return memory
    try {
      memory = parseMemory(await store.noted(notes.memory))
    } catch (error) {
      if (!memory) throw error
    }
    return memory
  }
  async function keep(next: Memory): Promise<void> {
    const text = JSON.stringify(next)
    const isNew = text !== JSON.stringify(memory ?? emptyMemory)
    memory = next
    if (isNew) await store.note(notes.memory, text).catch(report)
  }
  async function recallHistory(): Promise<History> {
    try {
      return createHistory(parseHistory(await store.noted(notes.history)))
    } catch (error) {
      if (!history) throw error
      return history
    }
  }
  async function keepHistory(): Promise<void> {
    savedAt = now()
    if (history) await store.note(notes.history, JSON.stringify(history.save(now()))).catch(report)
  }

  /** A silence here is none where another process hears the site: the store knows of its events. */
  async function heardElsewhere(sources: readonly Source[], at: number): Promise<readonly Source[]> {
    const { noEventsMs = Infinity } = settings
    if (!store.isShared) return sources
    return Promise.all(
      sources.map(async (source) => {
        if (at - source.quietSince < noEventsMs) return source
        const rows = await store.recent({ site: source.site, limit: rowsForSilence }).catch(() => [])
        const times = rows.flatMap(({ copies }) =>
          copies.filter(({ kind }) => kind === source.kind).map(({ receivedAt }) => receivedAt),
        )
        return { ...source, quietSince: Math.max(source.quietSince, ...times) }
      }),
    )
  }

  async function look(): Promise<void> {
    const at = now()
    const figures = await deps.figures()
    const known = await recall()
    if (!history || store.isShared) history = await recallHistory()
    hearing ??= createHearing(figures.counters, startedAt)
    const names = figures.instances.map(({ name }) => name)
    const sources = await heardElsewhere(hearing(figures.sites, names, history, at), at)
    if (isOn('duplicate_sender', settings) && Math.abs(at - readRowsAt) >= rowsEveryMs) {
      readRowsAt = at
      senders = judgeSenders(figures.sites, await store.recent({ limit: rowsRead }).catch(() => []), at)
    }
    const testSince = Object.fromEntries(
      figures.instances.flatMap(({ name, isTest }) => (isTest ? [[name, known.testSince[name] ?? at]] : [])),
    )
    const situation = { figures, sources, history, senders, testSince, known: known.conditions, settings, hide }
    const wellFor = store.isShared ? wellForMs.shared : wellForMs.own
    const { conditions, news } = step(known.conditions, judge(situation, at), known.mutes, at, wellFor)
    let { owed } = known
    for (const one of news) {
      const { rule, subject, message } = one.condition
      log({ level: 'warn', alert: rule, subject, message: one.state === 'over' ? `Over: ${message}` : message })
      owed = owe(owed, messageOf(one, at), settings.webhooks, at)
    }
    const mutes = Object.fromEntries(Object.entries(known.mutes).filter(([, until]) => until > at))
    await keep({ conditions, mutes, testSince, owed })
    if (store.isShared || Math.abs(at - savedAt) >= saveEveryMs) await keepHistory()
  }

  /** What is due, put off a little, so that no other process on the store posts it meanwhile. */
  const takeDue = () =>
    inTurn(async () => {
      const known = memory?.owed.length === 0 && !store.isShared ? memory : await recall()
      const due = known.owed.filter(({ at }) => at <= now())
      if (due.length)
        await keep({
          ...known,
          owed: known.owed.map((one) => (due.includes(one) ? { ...one, at: now() + leaseMs } : one)),
        })
      return due
    })

  async function drain(): Promise<void> {
    for (const one of await takeDue()) {
      const url = settings.webhooks.find((each) => digestOf(each) === one.to)
      const result = url === undefined ? undefined : await post(deps.send, url, one.message)
      if (result) posts.add([result.posted])
      const next = result && afterTry(one, result, now())
      if (result && result.posted !== 'taken' && !next)
        log({
          level: 'error',
          message: `An alert could not be posted to ${hostOf(url)} and is given up: ${result.why}`,
        })
      await inTurn(async () => {
        const known = await recall()
        await keep({ ...known, owed: replaced(known.owed, one, next) })
      })
    }
  }

  let draining: Promise<void> | undefined
  const drainAlone = (): Promise<void> => (draining ??= drain().finally(() => (draining = undefined)))

  return {
    posts,
    async state() {
      const { conditions, mutes, owed } = await inTurn(recall)
      return {
        rules: ruleNames.map((rule) => ({
          rule,
          title: ruleTitles[rule],
          isOn: isOn(rule, settings),
          ...((mutes[rule] ?? 0) > now() && { mutedUntil: mutes[rule] }),
          conditions: Object.values(conditions).filter((one) => one.rule === rule),
        })),
        webhooks: settings.webhooks.map(hostOf),
        owed: owed.length,
      }
    },
    mute: (rule, until) =>
      inTurn(async () => {
        const known = await recall()
        const { [rule]: _, ...others } = known.mutes
        await keep({ ...known, mutes: until === undefined ? others : { ...others, [rule]: until } })
      }),
    async test() {
      const results = settings.webhooks.map(async (url): Promise<TestResult> => {
        const { posted, why } = await post(deps.send, url, testMessage(now()))
        posts.add([posted])
        return { webhook: hostOf(url), posted, why }
      })
      return Promise.all(results)
    },
    look: () => inTurn(look),
    drain: drainAlone,
    update(next) {
      settings = next
    },
    start() {
      const lookNow = () => void inTurn(look).then(drainAlone).catch(report)
      const drainNow = () => void drainAlone().catch(report)
      timers = [setInterval(lookNow, lookEveryMs).unref(), setInterval(drainNow, drainEveryMs).unref()]
    },
    async stop() {
      for (const timer of timers) clearInterval(timer)
      await draining?.catch(report)
      if (!store.isShared) await inTurn(keepHistory).catch(report)
    },
  }
}

const hostOf = (url = ''): string => (URL.canParse(url) ? new URL(url).host : 'a webhook')

/** The list with one entry changed, or taken out. */
const replaced = (owed: readonly Owed[], one: Owed, next: Owed | undefined): readonly Owed[] => {
  const is = ({ to, message, tries }: Owed) =>
    to === one.to && tries === one.tries && JSON.stringify(message) === JSON.stringify(one.message)
  const at = owed.findIndex(is)
  return at < 0 ? owed : [...owed.slice(0, at), ...(next ? [next] : []), ...owed.slice(at + 1)]
}
