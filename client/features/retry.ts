import type { Feature } from '../kit.ts'
import { makeBatch, takeBatch } from '../queue.ts'
import { attempt, safe, toJson } from '../safe.ts'
import { bytesOf } from '../send.ts'
import type { WireEvent } from '../wire.ts'

/** Several sites may share a browser's storage, and each sends only what is its own. */
type KeptEvent = WireEvent & { readonly site?: string }

const maxEvents = 50
const maxBytes = 100_000
const dayMs = 86_400_000
const leastPauseMs = 5000
const mostPauseMs = 300_000
const leaseMs = 30_000

/** Copies of one event may go to different platforms, and to two sites; each is an event of its own here. */
const keyOf = ({ site, event, event_id, to }: KeptEvent): string => [site, event, event_id, to].join()
/** Purchases are worth most, page views least. */
const worthOf = ({ event }: WireEvent): number => +(event === 'purchase') - +(event === 'page_view')

/**
 * Keeps what the collector did not take, and sends it again: at the next page, when the network is back, after any
 * success, and now and then. Match keys are never kept. Event IDs make a second arrival harmless.
 */
const retry: Feature = (kit) => {
  const { postBatch } = kit
  /** Where storage is refused, the page itself remembers. */
  let memory: string | undefined
  let failures = 0
  /** IDs of the events under way, which are kept meanwhile. */
  const asked = new Set<string>()
  let timer: unknown

  const read = (): KeptEvent[] =>
    attempt(() =>
      (JSON.parse(memory ?? (localStorage._ppq as string | undefined) ?? '[]') as KeptEvent[]).filter(
        ({ event_time: at }) => Date.now() - at < dayMs,
      ),
    ) ?? []

  /** Takes these events out of the store, or puts them in. */
  const write = (events: readonly WireEvent[], isKept?: unknown): void =>
    kit.whenAllowed(() => {
      const copies = events.map((event) => ({ ...event, user: undefined, site: kit.siteConfig.key }))
      const keys = copies.map(keyOf)
      let room = maxBytes
      let bytes: number
      memory = toJson(
        // Of equal worth and time, what was told last stands first.
        [...(isKept ? copies.reverse() : []), ...read().filter((event) => !keys.includes(keyOf(event)))]
          .sort((a, b) => worthOf(b) - worthOf(a) || b.event_time - a.event_time)
          .filter((event) => (bytes = bytesOf(toJson(event)) + 1) < room && (room -= bytes))
          .slice(0, maxEvents),
      )
      attempt(() => {
        // More than `[]`.
        if (memory![2]) localStorage._ppq = memory
        else delete localStorage._ppq
        memory = undefined
      })
    })

  // What waits for the visitor's word waits here too.
  const later = (ms: number): void => {
    clearTimeout(timer as number)
    timer = setTimeout(() => kit.whenAllowed(drain), ms)
  }

  /** `leaving` is false for what was kept. The answer is one that settles the batch, or none. */
  kit.postBatch = async (batch, leaving) => {
    const { events = [] } = batch
    const isNew = leaving !== false
    // A beacon has no answer, and the page may go before that of a request: until it comes, conversions are kept.
    const conversions = events.filter(({ event }) => event !== 'page_view')
    if (isNew && conversions[0]) write(conversions, 1)
    const sent = postBatch(batch, leaving)
    if (!sent) return
    if (isNew) for (const { event_id } of events) asked.add(event_id)
    const answer = await sent
    if (isNew) for (const { event_id } of events) asked.delete(event_id)
    // Whatever is no yes and no plain refusal may be a proxy's word.
    if (answer?.ok || /4(00|13|22)/.test(answer?.status as unknown as string)) {
      failures = 0
      write(events)
      if (isNew) later(0)
      return answer
    }
    if (isNew) write(events, 1)
    // Failures of one time count once.
    if (!failures || !timer) failures++
    const pauseMs = Math.min((leastPauseMs / 2) * 2 ** failures, mostPauseMs)
    const said = answer?.headers?.get('retry-after') as unknown as number
    // Seconds or a date. A timer of too many days would not wait at all.
    const saidMs = said * 1000 || Date.parse(said as unknown as string) - Date.now()
    later(Math.min(saidMs > 0 ? saidMs : pauseMs * (0.8 + 0.4 * Math.random()), dayMs))
    return
  }

  /** What is this site's own, and not under way. */
  const due = (): KeptEvent[] =>
    read().filter(({ site, event_id }) => site === kit.siteConfig.key && !asked.has(event_id))

  /** As long as it is taken, and each once: storage may not forget what it is told to. */
  const sendKept = async (): Promise<void> => {
    const events = due()
    while (events[0] && (await kit.postBatch(makeBatch(kit, { events: takeBatch(events) }), false)));
  }

  /** One tab at a time: by a lock where there are any, else by a note that ends by itself. */
  const drain = safe((): void => {
    timer = 0
    const { locks } = navigator as Partial<Navigator>
    if (!due()[0]) return
    // A frame may be refused both, storage and locks.
    if (locks)
      locks.request(`_ppq${kit.siteConfig.key}`, { ifAvailable: true }, (lock) => lock && sendKept()).catch(sendKept)
    else if (Math.abs(Date.now() - attempt(() => localStorage._ppl as number)!) < leaseMs) later(leaseMs)
    else {
      attempt(() => (localStorage._ppl = Date.now()))
      void sendKept().then(safe(() => delete localStorage._ppl))
    }
  })

  addEventListener('online', () => later(0))
  later(0)
}

export default retry
