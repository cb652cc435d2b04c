// What the pixel costs a visitor's processor: Chromium's own trace of the demo shop's product page, of a page that has
// nothing but our script, and of one whose only script looks once at its cookies and once at its storage, which is what
// any script of this kind must do. `npx node bench/pixel.mjs [--rounds 20] [--slowness 4]` prints medians; nothing here
// fails for being slow. Times are the thread's own, so that what else this machine does counts as little as it can.
/* global window, queueMicrotask */
import { parseArgs } from 'node:util'
import { chromium } from 'playwright-core'
import { openDemo } from '../server/demo/demo.ts'

const { values } = parseArgs({
  options: { rounds: { type: 'string', default: '20' }, slowness: { type: 'string', default: '4' } },
})
const rounds = Number(values.rounds)
const slowness = Number(values.slowness)
const userAgent =
  'Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/156.0.0.0 Safari/537.36'

const pageWith = (script) => `<!doctype html><title>Shop</title>${script}`
const barePage = pageWith('<script src="/_p/p.js" data-pairpixel></script>')
const controlPage = pageWith('<script src="/control.js"></script>')
const controlScript = 'window.control = [document.cookie, localStorage.control]'

const median = (numbers) => {
  const sorted = numbers.toSorted((a, b) => a - b)
  return (sorted[Math.floor((sorted.length - 1) / 2)] + sorted[Math.ceil((sorted.length - 1) / 2)]) / 2
}
const sum = (numbers) => numbers.reduce((all, one) => all + one, 0)
const ms = (micros) => micros / 1000
const urlOf = ({ args }) => args?.data?.url ?? args?.data?.stackTrace?.[0]?.url ?? ''
const isMeasured = (url) => /\/(p|control)\.js$/.test(url)
const isPlatform = (url) => /fbevents\.js|reddit\/pixel\.js|scevent/.test(url)

/** Scripts that were evaluated, compilation included. */
const evaluationsIn = (traceEvents) => traceEvents.filter(({ name, ph }) => name === 'EvaluateScript' && ph === 'X')
const evaluationIn = (traceEvents) => evaluationsIn(traceEvents).find((event) => isMeasured(urlOf(event)))

async function endTrace(context) {
  const { traceEvents } = JSON.parse((await browser.stopTracing()).toString())
  await context.close()
  return traceEvents
}

/** One visit of a new visitor, as milliseconds by what they went into. */
async function visit(browser, url) {
  const context = await browser.newContext({ userAgent })
  const page = await context.newPage()
  const session = await context.newCDPSession(page)
  await session.send('Emulation.setCPUThrottlingRate', { rate: slowness })
  for (const [path, contentType, body] of [
    ['**/bare', 'text/html', barePage],
    ['**/control', 'text/html', controlPage],
    ['**/control.js', 'text/javascript', controlScript],
  ])
    await page.route(path, (route) => route.fulfill({ contentType, body }))
  // No more than is read below: each kind of event takes time of what it tells about.
  await browser.startTracing(page, {
    categories: ['devtools.timeline', 'disabled-by-default-devtools.timeline', 'blink.user_timing'],
  })
  await page.goto(url)
  if (url.endsWith('/control')) return { evaluation: ms(evaluationIn(await endTrace(context)).tdur) }
  await page.waitForFunction(
    () => window.pairpixel?.track && (!window.fbq || (window.fbq.callMethod && window.snaptr.handleRequest)),
  )
  // The first call, and the microtask in which its post leaves.
  await page.evaluate(
    () =>
      new Promise((done) => {
        performance.mark('call')
        window.pairpixel('track', 'add_to_cart', {
          value: 12.5,
          currency: 'EUR',
          items: [{ id: 'SKU-1', quantity: 1 }],
        })
        performance.mark('told')
        queueMicrotask(() => {
          performance.mark('sent')
          done()
        })
      }),
  )
  const traceEvents = await endTrace(context)
  const evaluations = evaluationsIn(traceEvents)
  const evaluation = evaluationIn(traceEvents)
  // Everything on the thread of the page, its top-level tasks only.
  const onPage = traceEvents.filter(({ pid, tid }) => pid === evaluation.pid && tid === evaluation.tid)
  const markAt = (mark) => onPage.find(({ name, cat }) => name === mark && cat?.includes('blink.user_timing')).tts
  return {
    evaluation: ms(evaluation.tdur),
    call: ms(markAt('told') - markAt('call')),
    send: ms(markAt('sent') - markAt('told')),
    platforms: ms(sum(evaluations.filter((event) => isPlatform(urlOf(event))).map(({ tdur }) => tdur))),
    page: ms(sum(onPage.filter(({ name, ph }) => name === 'RunTask' && ph === 'X').map(({ tdur }) => tdur))),
  }
}

const demo = await openDemo({
  ports: { shop: 0, collector: 0, admin: 0, simulators: 0 },
  store: 'memory:',
  logLevel: 'silent',
})
const browser = await chromium.launch({ executablePath: '/usr/bin/chromium' })
try {
  const page = await browser.newPage()
  await page.goto(demo.shopUrl)
  const url = await page
    .locator('a[href^="/product/"]')
    .first()
    .evaluate((link) => link.href)
  await page.close()
  console.log(`median of ${rounds} visits, processor slowed ${slowness} times, Chromium ${browser.version()}`)
  for (const [name, address] of [
    ['the demo shop’s product page', url],
    ['a page with nothing else', new URL('/bare', url).href],
  ]) {
    await visit(browser, address)
    const visits = []
    const controls = []
    // In turn, so that a slow moment of this machine hits both.
    for (let round = 0; round < rounds; round++) {
      visits.push(await visit(browser, address))
      controls.push(await visit(browser, new URL('/control', url).href))
    }
    console.log(`\n${name}`)
    const row = (what, of) => {
      const all = visits.map(of)
      const share = median(visits.map((one) => of(one) / one.page))
      const range = `${Math.min(...all).toFixed(2)} to ${Math.max(...all).toFixed(2)} ms`
      console.log(
        `  ${what.padEnd(40)} ${median(all).toFixed(2).padStart(8)} ms  ${range.padEnd(22)} ${(share * 100).toFixed(1)} %`,
      )
    }
    row('our script: evaluation', ({ evaluation }) => evaluation)
    row('our script: first call', ({ call }) => call)
    row('our script: evaluation and first call', ({ evaluation, call }) => evaluation + call)
    row('our script: the call’s post leaves', ({ send }) => send)
    row('the platforms’ stand-ins: evaluation', ({ platforms }) => platforms)
    row('all on the page’s thread', (one) => one.page)
    const alone = controls.map(({ evaluation }) => evaluation)
    console.log(`  a script with one look at cookies and storage: ${median(alone).toFixed(2)} ms`)
  }
} finally {
  await browser.close()
  await demo.stop()
}
