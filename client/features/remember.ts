import { dayMs } from '../../shared/limits.ts'
import type { User } from '../api.ts'
import { createDigests } from '../digests.ts'
import type { Feature } from '../kit.ts'
import { onNo } from '../on-no.ts'
import { attempt, safe, toJson } from '../safe.ts'

/** Site key → when it was last said (epoch ms), and what, digests alone: several sites may share a browser's storage. */
type Kept = Record<string, readonly [savedMs: number, user: User]>

const keepMs = 90 * dayMs

const withoutFields = (user: User | undefined, said: User): User =>
  // A digest for Reddit alone is a form of the address.
  Object.fromEntries(
    Object.entries(user ?? {}).filter(([field]) => !(field in said || field.replace('_reddit', '') in said)),
  )

/**
 * Keeps what `identify` was told, and what forms said, for later pages: hashed alone, so of plain values the e-mail
 * addresses alone. It joins events for which the page has said nothing newer, field by field; an emptied field is
 * emptied here too, as when somebody signs out, and a no removes it all. Only where the page can hash.
 */
const remember: Feature = (kit) => {
  if (!isSecureContext) return
  const { publicCommands: commands, siteConfig: config, takeEvent, postBatch } = kit
  const identify = commands.identify.bind(commands)
  const { learn, making, hashed } = createDigests()
  /** All that this page has said, emptied fields too. */
  let said: User = {}
  /** What joins an event, by its properties, which its copies share: the event itself stays as it is for who keeps it. */
  let joins = new WeakMap<object, User>()

  const write = (kept: Kept): void => {
    if (Object.keys(kept)[0] !== undefined) localStorage._ppu = toJson(kept)
    else delete localStorage._ppu
  }
  /** What is not too old; the rest is removed. */
  const read = (): Kept => {
    const all =
      attempt(() => Object.entries(JSON.parse((localStorage._ppu as string | undefined) ?? '{}') as Kept)) ?? []
    const fresh = all.filter(([, one]) => Math.abs(Date.now() - one?.[0]) < keepMs)
    const kept: Kept = Object.fromEntries(fresh)
    if (all[fresh.length]) write(kept)
    return kept
  }
  const site = (): string => config.key ?? ''
  const isOff = (): boolean => config.remember == '0'

  /** Takes what the page has said into the store, as far as it is hashed, and the rest of it out. */
  const keep = safe(() =>
    kit.whenAllowed(
      safe(() => {
        const { [site()]: own, ...kept } = read()
        const user = { ...withoutFields(own?.[1], said), ...(isOff() ? {} : hashed(said)) }
        if (Object.keys(user)[0]) kept[site()] = [Date.now(), user]
        if (own || kept[site()]) write(kept)
      }),
    ),
  )

  commands.identify = safe((user) => {
    identify(user)
    said = { ...said, ...user }
    learn(user)
    keep()
    if (making.size) void Promise.all(making).then(keep)
  })
  kit.takeEvent = (event, only) => {
    const join = (): unknown =>
      // By what the event says itself, for less of that may leave (feature hash-user).
      joins.set(event.props, withoutFields(hashed(read()[site()]?.[1]), (event.user as User | undefined) ?? {}))
    if (!isOff()) kit.whenAllowed(safe(join))
    takeEvent(event, only)
  }
  kit.postBatch = (batch, leaving) =>
    postBatch(
      {
        ...batch,
        events: batch.events?.map((event) => {
          const user: User = event.user ?? {}
          const joined = joins.get(event.props)
          return joined ? { ...event, user: { ...withoutFields(joined, user), ...user } } : event
        }),
      },
      leaving,
    )

  onNo(kit, () => {
    said = {}
    joins = new WeakMap()
    attempt(() => delete localStorage._ppu)
  })
}

export default remember
