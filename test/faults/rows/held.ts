import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { writeFileSync } from 'node:fs'
import path from 'node:path'
import { anOrder } from '../lab.ts'
import { startProxy } from '../proxy.ts'
import { must, row } from '../row.ts'
import { elsewhere } from '../vendor.ts'

const start = path.join(import.meta.dirname, '../../../server/start.mjs')

export default row({
  number: 52,
  title: 'answers lost, by the connection and by a kill, where `on_ambiguous` is `hold`: nothing goes twice unasked',
  smoke: true,
  async run({ lab, spawn: spawnChild, judge, look, until, settled, after }) {
    const proxy = await startProxy(lab.platforms.url)
    after(() => proxy.close())
    const change = elsewhere(lab.tree(), 'meta', { endpoint: proxy.url, on_ambiguous: 'hold' })
    const { meta } = lab.platforms.simulators
    const of = (id: string) =>
      look(async (store) => {
        const [found] = await store.recent({ limit: 1, eventId: id })
        return found?.deliveries.find(({ instance }) => instance === 'meta')
      })
    const isHeld = (id: string) => async () => (await of(id))?.reason === 'answer_lost'
    const dying = await spawnChild(change, { crashAt: 'C7:4' })
    proxy.set({ kind: 'reset_answer' })
    await lab.post(dying.url, { kind: 'backend', events: [anOrder('reset')] })
    await until('the word that its answer got lost', isHeld('reset'))
    proxy.set({ kind: 'pass' })
    // The fourth answer that is read, of whichever platform, is never stored.
    await lab.post(dying.url, { kind: 'backend', events: [anOrder('killed')] })
    await dying.gone
    const child = await spawnChild(change)
    const states = async () => Promise.all(['reset', 'killed'].map(async (id) => (await of(id))?.state))
    await until('the end of both', async () => (await states()).every((state) => state !== 'pending'))
    await settled()
    await judge()
    const times = () => meta.state().accepted.filter(({ order, id }) => (order ?? id) === 'reset').length
    must(times() === 1, `it is there ${times()} times before anybody asked`)

    const config = path.join(lab.folder, 'pairpixel.config.json')
    writeFileSync(config, JSON.stringify(lab.tree(change)))
    const replay = spawn(process.execPath, [start, 'replay', '--config', config, '--reason', 'answer_lost'])
    const [code] = (await once(replay, 'exit')) as [number | null]
    must(code === 0, `replay ended with ${code}`)
    await until('the second send', () => times() === 2)
    await settled()
    const { resends } = await judge()
    must((await of('reset'))?.ambiguous === 1, 'the resend was not counted')
    await child.kill()
    return `held until a person asked; ${resends} taken twice then, each counted`
  },
})
