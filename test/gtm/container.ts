import { readFileSync } from 'node:fs'
import path from 'node:path'
import { compileCode, readTemplate, requireOf, type Template } from './sandbox.ts'

const read = (name: string): Template =>
  readTemplate(readFileSync(path.join(import.meta.dirname, '../../client/gtm', `${name}.tpl`), 'utf8'))
const templates = { tag: read('tag'), 'event-id': read('event-id') }

type Page = Record<string, unknown>
type Listener = (type: string, isGranted: boolean) => void

/**
 * As much of Google's container as the templates use, on this page: what they load is noted, and is loaded by the test.
 * @param granted what consent mode answers for each type
 */
export function createContainer(page: Page, granted: Record<string, boolean> = {}) {
  const stored: Record<string, Record<string, unknown>> = {}
  const listeners: Record<string, Listener[]> = {}
  const scripts: string[] = []
  const answers: string[] = []
  const apis = (name: string): Record<string, unknown> => ({
    copyFromWindow: (key: string) => page[key],
    createArgumentsQueue(key: string) {
      const list: unknown[] = []
      const queue = Object.assign(
        function () {
          // eslint-disable-next-line prefer-rest-params -- the pixel's queue takes `arguments` objects
          list.push(arguments)
        },
        { q: list },
      )
      return (page[key] ??= queue)
    },
    injectScript: (url: string) => scripts.push(url),
    copyFromDataLayer: (key: string) =>
      (page.dataLayer as Page[]).reduce<unknown>((found, entry) => (key in entry ? entry[key] : found), undefined),
    isConsentGranted: (type: string) => granted[type] ?? true,
    addConsentListener: (type: string, listener: Listener) => (listeners[type] ??= []).push(listener),
    getUrl: () => 'www.shop.com',
    generateRandom: (least: number) => least,
    getTimestampMillis: () => Date.now(),
    logToConsole: () => undefined,
    templateStorage: {
      getItem: (key: string) => stored[name]?.[key],
      setItem: (key: string, value: unknown) => void ((stored[name] ??= {})[key] = value),
    },
  })

  return {
    scripts,
    answers,
    /** A tag fires, or a variable is asked: what its code answers. */
    run(name: keyof typeof templates, data: object): unknown {
      const own = apis(name)
      return compileCode(templates[name])(
        requireOf(templates[name], (api) => own[api]),
        { ...data, gtmOnSuccess: () => answers.push('success'), gtmOnFailure: () => answers.push('failure') },
      )
    },
    /** The visitor answers the consent tool. */
    say(type: string, isGranted: boolean): void {
      granted[type] = isGranted
      for (const listener of listeners[type] ?? []) listener(type, isGranted)
    },
  }
}
