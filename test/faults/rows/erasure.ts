import { createHash } from 'node:crypto'
import { readdirSync, readFileSync } from 'node:fs'
import path from 'node:path'
import { serverKey } from '../../integration/harness.ts'
import { anOrder } from '../lab.ts'
import { must, row } from '../row.ts'

const jane = 'jane@shop.example'
const count = 1500

export default row({
  number: 53,
  title: 'kill -9 in the middle of an erasure: asked again, it is done wholly',
  smoke: true,
  async run({ lab, spawn, judge, look }) {
    const ask = async (url: string) => {
      const answer = await fetch(`${url}/v1/people`, {
        method: 'DELETE',
        headers: { authorization: `Bearer ${serverKey}` },
        body: JSON.stringify({ email: jane }),
      })
      return (await answer.json()) as { erased?: { events: number } }
    }
    const hold = { hold: { default: '1h' } }
    // Making the file and taking the names pass it too, so that it dies with the second portion of bodies.
    const dying = await spawn(hold, { crashAt: 'C9:4' })
    for (let at = 0; at < count; at += 500) {
      const user = (n: number) => ({ email: (at + n) % 2 ? jane : `other-${n}@shop.example` })
      const events = Array.from({ length: 500 }, (_, n) => anOrder(`e${at + n}`, { user: user(n) }))
      must((await lab.post(dying.url, { kind: 'backend', events })) === 202, `refused at ${at}`)
    }
    const told = await ask(dying.url).catch(() => undefined)
    must(told === undefined && (await dying.gone) === 'SIGKILL', 'it did not die in the middle')
    const left = async () => (await look((store) => store.counts())).deliveries.meta
    const half = (await left())?.suppressed ?? 0
    must(half > 0 && half < count / 2, `${half} were erased before it died`)

    const child = await spawn(hold)
    must((await ask(child.url)).erased?.events === count / 2 - half, 'the second half is another one than was left')
    must((await ask(child.url)).erased?.events === 0, 'something was left over')
    const { pending, suppressed } = (await left()) ?? {}
    must(pending === count / 2 && suppressed === count / 2, `${pending} wait, ${suppressed} are suppressed`)
    await child.kill()
    const digest = createHash('sha256').update(jane).digest('hex')
    const rests = readdirSync(lab.folder).filter((name) =>
      readFileSync(path.join(lab.folder, name), 'latin1').includes(digest),
    )
    must(!rests.length, `the digest rests in ${rests.join(', ')}`)
    await judge({ pending: true })
    return `${half} events erased before the kill, ${count / 2 - half} after it, ${count / 2} of others wait as before`
  },
})
