// From an event to the hashed Meta payload as JSON, beside Meta's own library and a loop that only hashes and writes.
import { hash } from 'node:crypto'
import { mapFor } from '../server/destinations/mapping.ts'
import { destinationOf } from '../server/destinations/index.ts'
import { protect } from '../server/match-keys/protect.ts'
import { arrivedEvent, site } from './copies.mjs'
import { interleaved, ratio } from './numbers.mjs'

const instance = site.instances.find(({ name }) => name === 'meta')
const destination = destinationOf(instance)

/** Our whole way on a site with these platforms: match keys as every copy of it gets them, then Meta's payload and request. */
const wayOn = (platforms) => (event, now) => {
  const mapped = mapFor(destination, protect(event, { platforms }).event, instance, now)
  if ('skip' in mapped) throw new Error(mapped.detail)
  return destination.request([mapped.payload], instance).body
}

const sha256 = (text) => [hash('sha256', text.trim().toLowerCase())]

/** No checks, no rules: what the hashing and the writing alone cost. */
const plainLoop = ({ user, context, ...event }) =>
  JSON.stringify({
    data: [
      {
        event_name: 'Purchase',
        event_time: Math.floor(event.event_time / 1000),
        event_id: event.event_id,
        event_source_url: event.url,
        action_source: 'website',
        user_data: {
          em: sha256(user.email[0]),
          ph: sha256(user.phone[0].replace(/\D/g, '')),
          fn: sha256(user.first_name[0]),
          ln: sha256(user.last_name[0]),
          ct: sha256(user.city[0]),
          st: sha256(user.state[0]),
          zp: sha256(user.zip[0]),
          country: sha256(user.country[0]),
          external_id: sha256(user.external_id[0]),
          client_ip_address: context.ip,
          client_user_agent: context.user_agent,
          fbp: context.cookies._fbp,
        },
        custom_data: {
          value: event.value,
          currency: event.currency,
          order_id: event.order_id,
          content_ids: event.items.map(({ id }) => id),
          contents: event.items.map(({ id, quantity, price }) => ({ id, quantity, item_price: price })),
          content_type: 'product',
        },
      },
    ],
  })

/** Undefined where bench/ was not installed (`npm install --prefix bench`). */
async function metaSdk() {
  const sdk = await import('facebook-nodejs-business-sdk').then(
    (module) => module.default ?? module,
    () => undefined,
  )
  if (!sdk) return undefined
  const { ServerEvent, UserData, CustomData, Content } = sdk
  return ({ user, context, ...event }) => {
    const userData = new UserData()
      .setEmail(user.email[0])
      .setPhone(user.phone[0])
      .setFirstName(user.first_name[0])
      .setLastName(user.last_name[0])
      .setCity(user.city[0])
      .setState(user.state[0])
      .setZip(user.zip[0])
      .setCountry(user.country[0])
      .setExternalId(user.external_id[0])
      .setClientIpAddress(context.ip)
      .setClientUserAgent(context.user_agent)
      .setFbp(context.cookies._fbp)
    const customData = new CustomData()
      .setValue(event.value)
      .setCurrency(event.currency)
      .setOrderId(event.order_id)
      .setContentIds(event.items.map(({ id }) => id))
      .setContentType('product')
      .setContents(
        event.items.map(({ id, quantity, price }) => new Content().setId(id).setQuantity(quantity).setItemPrice(price)),
      )
    const serverEvent = new ServerEvent()
      .setEventName('Purchase')
      .setEventTime(Math.floor(event.event_time / 1000))
      .setEventId(event.event_id)
      .setEventSourceUrl(event.url)
      .setActionSource('website')
      .setUserData(userData)
      .setCustomData(customData)
    return JSON.stringify({ data: [serverEvent.normalize()] })
  }
}

export async function mapping({ rounds, events = 20_000 }) {
  const now = Date.now()
  const input = Array.from({ length: events }, (_, n) => arrivedEvent(n, now))
  const timed = (map) => () => {
    const before = process.threadCpuUsage()
    let bytes = 0
    for (const event of input) bytes += map(event, now).length
    const { user, system } = process.threadCpuUsage(before)
    if (bytes === 0) throw new Error('Nothing was mapped.')
    return { perSecond: (events / (user + system)) * 1e6 }
  }
  const sdk = await metaSdk()
  const contenders = {
    one: timed(wayOn(['meta'])),
    loop: timed(plainLoop),
    ...(sdk && { sdk: timed(sdk) }),
    three: timed(wayOn(['meta', 'reddit', 'snapchat'])),
  }
  for (const warmUp of Object.values(contenders)) warmUp()
  const results = await interleaved(rounds, contenders)
  const row = (what, ours, limit, limitIs, target) => ({
    what,
    unit: 'events/s of CPU',
    ours: ours.perSecond,
    limit: limit.perSecond,
    limitIs,
    ratio: ratio(ours, limit),
    target,
  })
  const { one, three, sdk: library, loop } = results
  const what = 'event → hashed Meta payload'
  return [
    ...(library ? [row(`${what}, a site with Meta`, one, library, 'Meta’s Node SDK', 2)] : []),
    row(`${what}, a site with Meta`, one, loop, 'a plain loop, no checks'),
    ...(library ? [row(`${what}, a site with all three`, three, library, 'Meta’s Node SDK')] : []),
  ]
}
