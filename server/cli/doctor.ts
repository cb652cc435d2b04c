import { PairpixelError } from '../../shared/errors.ts'
import { createSender } from '../deliver/send.ts'
import { destinationOf } from '../destinations/index.ts'
import { createAsk, type AskDeps } from '../doctor/ask.ts'
import { examine, reportLines, type Report } from '../doctor/examine.ts'
import { look, type SiteSettings, type TokenFacts } from '../doctor/facts.ts'
import { createNames, type Names } from '../doctor/resolver.ts'
import { checkTree, isEmpty, loadTree } from '../settings/settings.ts'
import { asksConsent, type Settings, type Site } from '../site.ts'
import { checkInstance } from './check-instance.ts'

export interface DoctorOptions {
  readonly url: string | undefined
  readonly config?: string
  /** The script's address, where the page's HTML does not have it. */
  readonly script?: string
  readonly json?: boolean
}

export interface DoctorDeps extends Partial<AskDeps> {
  readonly names?: Names
}

const waitMs = 2500

/** Looks at a site from outside and says what keeps it from pairing. Resolves with the exit code: 0, 1 or 2. */
export async function doctor({ url, config, script, json = false }: DoctorOptions): Promise<number> {
  const tree = await loadTree({ env: process.env, file: config, folder: process.cwd() })
  const settings = isEmpty(tree) ? undefined : checkTree(tree)
  const report = await diagnose(readSite(url), { settings, script })
  process.stdout.write(json ? `${JSON.stringify(report)}\n` : `${reportLines(report).join('\n')}\n`)
  return report.exit
}

/** `shop.example` is `https://shop.example/`. */
function readSite(text = ''): URL {
  const address = /^[a-z][a-z0-9+.-]*:\/\//i.test(text) ? text : `https://${text}`
  if (!text || !URL.canParse(address) || !/^https?:$/.test(new URL(address).protocol))
    throw new PairpixelError('USAGE', 'doctor takes the address of a page: pairpixel doctor https://www.shop.example/')
  return new URL(address)
}

/** The whole look and what came of it. */
export async function diagnose(
  site: URL,
  { settings, script }: { readonly settings?: Settings; readonly script?: string },
  deps: DoctorDeps = {},
): Promise<Report> {
  const { now = Date.now, lookup, ca, names = createNames() } = deps
  const asking = createAsk({ now, ...(lookup && { lookup }), ...(ca !== undefined && { ca }) })
  const served = settings && siteOf(settings, site)
  try {
    const seen = await look(site, {
      ask: asking.ask,
      names,
      ...(script !== undefined && { script }),
      ...(settings && served && { settings: visibleOf(settings, served), tokens: () => readTokens(served, now) }),
    })
    return examine(site, seen)
  } finally {
    await asking.close()
  }
}

/** The site of the settings that this page belongs to; the only one, where none says so. */
const siteOf = ({ sites }: Settings, { origin }: URL): Site | undefined =>
  sites.find(({ origins }) => origins.includes(origin)) ?? (sites.length === 1 ? sites[0] : undefined)

const visibleOf = ({ paths, trustProxy }: Settings, site: Site): SiteSettings => ({
  asksConsent: asksConsent(site),
  paths,
  trustsProxies: typeof trustProxy === 'number' ? trustProxy > 0 : trustProxy.length > 0,
})

/** Asks each platform whether its token is good; nothing is recorded as a conversion. */
async function readTokens({ instances }: Site, now: () => number): Promise<readonly TokenFacts[]> {
  const sender = createSender({ connectMs: waitMs, totalMs: waitMs })
  try {
    return await Promise.all(
      instances.map(async (instance) => {
        const checked = await checkInstance(instance, destinationOf(instance), { send: sender.send, now, waitMs })
        const wrong = checked.findings.find(({ level }) => level === 'wrong')
        const why = wrong?.message ?? checked.reply?.why
        const fix = wrong?.fix ?? checked.reply?.fix
        return {
          destination: instance.name,
          verdict: checked.verdict,
          ...(why !== undefined && { why }),
          ...(fix !== undefined && { fix }),
          notices: checked.notices,
        }
      }),
    )
  } finally {
    await sender.close()
  }
}
