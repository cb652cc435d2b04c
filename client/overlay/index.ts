import type { Kit } from '../kit.ts'
import { attempt, safe } from '../safe.ts'
import { createFactsReader } from './page-facts.ts'
import { createPanel, type Panel } from './panel.ts'
import { viewOf } from './view.ts'
import { createStateLog, watch } from './watch.ts'

const lookEveryMs = 300
/** The mark that brings the overlay to the tab's next pages (client/features/debug.ts looks for its first word). */
const markName = '_ppd'
const markWord = 'pp_debug'
/** `data-debug="0"` and `pp_debug=0` are no wish to see anything, and end one. */
const isOff = /^(0|off|false)$/i

/** Once it watches, it only needs to be shown again. */
let showAgain: (() => void) | undefined

/** Starts watching and shows the overlay, once a page. Whatever fails in here fails without a trace in the page. */
export default function show(kit: Kit): void {
  attempt(() => {
    const asked = new URLSearchParams(location.search).get(markWord)
    const said = asked ?? (kit.siteConfig as { readonly debug?: unknown }).debug
    if (isOff.test(String(said))) attempt(() => sessionStorage.removeItem(markName))
    else (showAgain ??= start(kit))()
  })
}

/** Starts watching; the answer shows the overlay. */
function start(kit: Kit): () => void {
  const startedAt = Date.now()
  let panel: Panel | undefined
  let features: readonly string[] | undefined
  let timer: unknown
  const log = (line: string): void => {
    if (panel) console.info(`pairpixel ${line}`)
  }
  const seen = watch(kit, log)
  const logStates = createStateLog(log)
  const readFacts = createFactsReader(kit, import.meta.url)

  const look = safe(() => {
    timer = setTimeout(look, lookEveryMs)
    logStates(seen)
    panel?.show(viewOf(readFacts(), seen, Date.now() - startedAt, features))
  })
  const close = (): void => {
    panel = undefined
    clearTimeout(timer as number)
    attempt(() => sessionStorage.removeItem(markName))
  }
  void askFeatures(kit.siteConfig.key).then((known) => (features = known))
  return () => {
    if (panel) return
    panel = createPanel(
      {
        read: () => attempt(() => sessionStorage.getItem(markName)) ?? '',
        write: (stand) => attempt(() => sessionStorage.setItem(markName, `${markWord} ${stand}`)),
      },
      close,
    )
    log(`debug: watching this page for ${kit.siteConfig.key ?? 'the collector’s only site'}`)
    // After what the gate held, which runs when we are back from here.
    timer = setTimeout(look)
  }
}

/** What the collector joined for this site: it says so beside its script. */
async function askFeatures(key: string | undefined): Promise<readonly string[] | undefined> {
  try {
    const address = new URL(`./p.json${key ? `?site=${encodeURIComponent(key)}` : ''}`, import.meta.url)
    const answer = await fetch(address, { credentials: 'omit' })
    const { features } = (await answer.json()) as { readonly features?: unknown }
    return Array.isArray(features) ? features.map(String) : undefined
  } catch {
    return undefined
  }
}
