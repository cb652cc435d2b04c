import type { Feature } from '../kit.ts'
import { attempt, safe } from '../safe.ts'

/** An address that takes another's place this soon is the same view: routers redirect. */
const settleMs = 100

/**
 * Page views of pages that change without loading, come back from the browser's memory, open hidden, or are rendered
 * before anybody looks.
 */
const lifecycle: Feature = (kit) => {
  const { siteConfig: config, tellFirstPage } = kit
  if ((document as { prerendering?: boolean }).prerendering)
    document.addEventListener('prerenderingchange', kit.shutGate(), { once: true })
  // Pages of no site, and visits that shall not count.
  const isIgnored = (): unknown =>
    location.protocol === 'file:' || attempt(() => (localStorage.pairpixel_ignore as unknown) == 1)
  if (kit.isSecond) {
    if (isIgnored()) kit.shutGate()
    return
  }
  const { begin } = kit
  kit.begin = () => isIgnored() || begin!()
  const address = (): string => location.href.split(config.hashRoutes == 1 ? '\n' : '#')[0]!
  let last = address()
  let changedAt = Date.now()
  let isNew: unknown
  let isUnseen: unknown
  let timer: unknown

  // A page that has not been seen yet has one view, of the address it has by then.
  const tell = (kit.tellFirstPage = safe(() => {
    isUnseen = document.hidden
    if (isUnseen) addEventListener('visibilitychange', tell, { capture: true, once: true })
    else tellFirstPage()
  }))
  addEventListener('pageshow', ({ persisted }) => {
    if (persisted && config.auto != '0') {
      kit.readClicks()
      tell()
    }
  })

  const look = safe(() => {
    const redirected = !isNew
    timer = isNew = 0
    if (address() === last) return
    if (!isUnseen && !redirected) kit.cameFrom = last
    last = address()
    if (isUnseen) return
    // Its view waits for others, most often.
    if (redirected) (kit.lastView as { url: string }).url = location.href
    else if (config.auto != '0') kit.publicCommands.page()
  })
  const moved = safe((how: unknown) => {
    // At once, for the next change may take the click IDs away.
    kit.readClicks()
    if (address() === last) return
    const now = Date.now()
    if (!/^rep/.test(how as string) || now - changedAt >= settleMs) {
      isNew = 1
      changedAt = now
    }
    // Later, so that several changes of one task are one.
    timer ||= setTimeout(look)
  })

  const { navigation } = window as { navigation?: EventTarget & { oncurrententrychange?: unknown } }
  // An element of that name is none.
  if (navigation?.oncurrententrychange !== undefined)
    navigation.addEventListener('currententrychange', (event) =>
      moved((event as { navigationType?: string }).navigationType),
    )
  else {
    addEventListener('popstate', moved)
    addEventListener('hashchange', moved)
    const calls = history as unknown as Record<string, (...args: unknown[]) => unknown>
    for (const name of ['pushState', 'replaceState']) {
      const change = calls[name]!
      calls[name] = function (...args) {
        const answer = change.apply(this, args)
        moved(name)
        return answer
      }
    }
  }
}

export default lifecycle
