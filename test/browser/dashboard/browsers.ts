import { chromium } from 'playwright-core'
import { launch } from 'puppeteer-core'
import { chromiumFile, ordinaryAgent } from '../chromium.ts'
import { strange, tellTroubles, troubleIn } from './person.ts'
import type { Person, PersonBrowser } from './person.ts'

const capMs = 60_000
const size = { width: 1440, height: 900 }

export const browsers: readonly { readonly name: string; readonly launch: () => Promise<PersonBrowser> }[] = [
  {
    name: 'Chromium',
    async launch() {
      const browser = await chromium.launch({ executablePath: chromiumFile, timeout: capMs })
      return { newPerson: () => chromiumPerson(browser), close: () => browser.close() }
    },
  },
  {
    name: 'Firefox',
    async launch() {
      const browser = await launch({
        browser: 'firefox',
        executablePath: '/usr/bin/firefox-esr',
        headless: true,
        timeout: capMs,
        protocolTimeout: capMs,
      })
      return { newPerson: () => firefoxPerson(browser), close: () => browser.close() }
    },
  },
]

async function chromiumPerson(browser: Awaited<ReturnType<typeof chromium.launch>>): Promise<Person> {
  const context = await browser.newContext({ userAgent: ordinaryAgent, viewport: size, screen: size, locale: 'en-GB' })
  context.setDefaultTimeout(capMs)
  await context.addInitScript(tellTroubles)
  const page = await context.newPage()
  const troubles: string[] = []
  page.on('console', (line) => troubles.push(...troubleIn(line.text())))
  page.on('pageerror', ({ message }) => troubles.push(message))
  page.on('request', (request) => troubles.push(...strange(request.url())))
  page.on('dialog', (dialog) => {
    troubles.push(`dialog ${dialog.message()}`)
    void dialog.dismiss()
  })
  return {
    troubles,
    async go(url) {
      await page.goto(url)
    },
    press: (where) => page.click(`xpath=${where}`),
    async type(where, text) {
      await page.click(`xpath=${where}`)
      await page.keyboard.type(text)
    },
    async choose(where, value) {
      await page.selectOption(`xpath=${where}`, value)
    },
    key: (name) => page.keyboard.press(name),
    run: (script: (given: never) => unknown, given?: unknown) => page.evaluate(script, given as never) as never,
    async inject(source) {
      await page.evaluate(source)
    },
    resize: (width, height) => page.setViewportSize({ width, height }),
    close: () => context.close(),
  }
}

async function firefoxPerson(browser: Awaited<ReturnType<typeof launch>>): Promise<Person> {
  const context = await browser.createBrowserContext()
  // A window of its own: a tab behind another one is hidden.
  const page = await context.newPage({ type: 'window' })
  page.setDefaultTimeout(capMs)
  await page.setViewport(size)
  await page.evaluateOnNewDocument(tellTroubles)
  const troubles: string[] = []
  page.on('console', (line) => troubles.push(...troubleIn(line.text())))
  // It also tells so of a stream that a test has cut off, which the page says in its own words.
  const isOfStream = (words: string) => /(connection to the server at|connection to) \S+\/stream/.test(words)
  page.on('pageerror', (error) => troubles.push(...[String(error)].filter((words) => !isOfStream(words))))
  page.on('request', (request) => troubles.push(...strange(request.url())))
  page.on('dialog', (dialog) => {
    troubles.push(`dialog ${dialog.message()}`)
    void dialog.dismiss()
  })
  const locate = (where: string) => page.locator(`::-p-xpath(${where})`)
  return {
    troubles,
    async go(url) {
      await page.goto(url)
    },
    press: (where) => locate(where).click(),
    async type(where, text) {
      await locate(where).click()
      await page.keyboard.type(text)
    },
    async choose(where, value) {
      const list = await page.waitForSelector(`::-p-xpath(${where})`)
      await list!.select(value)
    },
    key: (name) => page.keyboard.press(name),
    run: (script: (given: never) => unknown, given?: unknown) => page.evaluate(script, given as never) as never,
    async inject(source) {
      await page.evaluate(source)
    },
    resize: (width, height) => page.setViewport({ width, height }),
    close: () => context.close(),
  }
}
