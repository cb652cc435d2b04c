import { execFileSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { request as plainRequest, type IncomingMessage, type ServerResponse } from 'node:http'
import { createServer } from 'node:https'
import type { AddressInfo, LookupFunction } from 'node:net'
import path from 'node:path'
import { onTestFinished } from 'vitest'
import { snippet } from '../../client/snippet.ts'
import { diagnose } from '../../server/cli/doctor.ts'
import type { Check, CheckId } from '../../server/doctor/check.ts'
import type { Report } from '../../server/doctor/examine.ts'
import type { Names } from '../../server/doctor/resolver.ts'
import { run, type Running } from '../../server/main.ts'
import { checkTree } from '../../server/settings/settings.ts'
import { settingsTree, stopServer, temporaryFolder } from '../integration/harness.ts'

/** A certificate for the hosts below, made anew for each run. */
export function makeCertificate(): { readonly key: string; readonly cert: string } {
  const folder = temporaryFolder()
  const [key, cert] = [path.join(folder.path, 'key.pem'), path.join(folder.path, 'cert.pem')]
  const names = 'subjectAltName=DNS:www.shop.example,DNS:data.shop.example,DNS:collect.other.example'
  const words = ['req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes', '-days', '2']
  execFileSync('openssl', [...words, '-subj', '/CN=shop', '-addext', names, '-keyout', key, '-out', cert], {
    stdio: 'pipe',
  })
  const made = { key: readFileSync(key, 'utf8'), cert: readFileSync(cert, 'utf8') }
  folder.remove()
  return made
}

export interface SiteOptions {
  readonly certificate: { readonly key: string; readonly cert: string }
  /** The page's HTML, given the port. */
  readonly html?: (port: number) => string
  readonly pageHeaders?: Record<string, string>
  /** Settings of the collector. */
  readonly settings?: Record<string, unknown>
  /** Changes what the proxy passes on of the collector's answers. */
  readonly onAnswer?: (headers: Record<string, string | string[] | undefined>, url: string) => void
  /** The proxy says for whom it asks. */
  readonly forwards?: boolean
  /** Where the collector is below the hosts. */
  readonly folder?: string
}

export interface ShopSite {
  readonly running: Running
  readonly port: number
  /** Looks at the site. */
  diagnose(options?: {
    names?: Names
    now?: () => number
    settings?: Record<string, unknown>
    script?: string
    path?: string
  }): Promise<Report>
}

const toLoopback: LookupFunction = (_host, options, done) =>
  options.all ? done(null, [{ address: '127.0.0.1', family: 4 }]) : done(null, '127.0.0.1', 4)

/** What name servers would say: every host at these addresses. */
export const fakeNames = (hosts: Record<string, { v4?: string[]; v6?: string[]; cname?: string }>): Names => {
  const none = () => Promise.reject(Object.assign(new Error('no such record'), { code: 'ENODATA' }))
  const at = (host: string) => hosts[host] ?? {}
  return {
    resolve4: (host) => (at(host).v4 ? Promise.resolve(at(host).v4!) : none()),
    resolve6: (host) => (at(host).v6 ? Promise.resolve(at(host).v6!) : none()),
    resolveCname: (host) => (at(host).cname === undefined ? none() : Promise.resolve([at(host).cname!])),
  }
}
export const usualNames = fakeNames({
  'www.shop.example': { v4: ['203.0.113.10'], v6: ['2001:db8:1:1::10'] },
  'data.shop.example': { v4: ['203.0.200.9'], v6: ['2001:db8:1:1::20'] },
  'collect.other.example': { v4: ['198.51.100.9'] },
})

/** A shop over https behind a proxy of its own, with a real collector below `/_p/`. Everything is on loopback. */
export async function openSite(options: SiteOptions): Promise<ShopSite> {
  const { certificate, pageHeaders = {}, onAnswer, forwards = true, folder = '/_p' } = options
  const handler = (request: IncomingMessage, response: ServerResponse) => {
    const { url = '/' } = request
    if (!url.startsWith(`${folder}/`)) {
      response.writeHead(200, { 'content-type': 'text/html; charset=utf-8', ...pageHeaders })
      response.end(html(port))
      return
    }
    const target = new URL(url.slice(folder.length), collector.url)
    const headers = { ...request.headers, ...(forwards && { 'x-forwarded-for': '203.0.113.7' }) }
    const passed = plainRequest(target, { method: request.method, headers }, (answer) => {
      const given = { ...answer.headers } as Record<string, string | string[] | undefined>
      onAnswer?.(given, url)
      const kept = Object.entries(given).flatMap(([name, value]) =>
        value === undefined ? [] : [[name, value] as const],
      )
      response.writeHead(answer.statusCode ?? 500, Object.fromEntries(kept))
      answer.pipe(response)
    })
    request.pipe(passed)
  }
  const server = createServer(certificate, handler)
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  const origin = `https://www.shop.example:${port}`
  const html = options.html ?? (() => `<!doctype html><head>${snippet(`${folder}/p.js`)}</head><p>Shop</p>`)
  const tree = settingsTree(undefined, { url: origin, ...options.settings })
  const given = Object.fromEntries(Object.entries(tree).filter(([, value]) => value !== undefined))
  const collector = await run(checkTree(given), { logLevel: 'silent' })
  onTestFinished(async () => {
    await collector.stop()
    await stopServer(server)
  })
  return {
    running: collector,
    port,
    diagnose: ({ names = usualNames, now, settings, script, path: page = '/' } = {}) =>
      diagnose(
        new URL(page, origin),
        { ...(settings && { settings: checkTree({ url: origin, ...settings }) }), ...(script && { script }) },
        { names, lookup: toLoopback, ca: certificate.cert, ...(now && { now }) },
      ),
  }
}

/** The one check of this name. */
export function find({ checks }: Report, id: CheckId): Check {
  const found = checks.filter((check) => check.id === id)
  if (found.length !== 1) throw new Error(`${found.length} checks of ${id}`)
  return found[0]!
}

/** Name → status. */
export const statuses = ({ checks }: Report): Record<string, string> =>
  Object.fromEntries(checks.map(({ id, status }) => [id, status]))
