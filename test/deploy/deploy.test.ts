import { execFileSync } from 'node:child_process'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import path from 'node:path'
import { describe, expect, onTestFinished, test } from 'vitest'
import { parse } from 'yaml'
import { run } from '../../server/main.ts'
import { readEnvironment } from '../../server/settings/environment.ts'
import { checkTree } from '../../server/settings/settings.ts'
import { ask } from '../dashboard/server.ts'
import { readFile, root } from '../docs/pages.ts'
import { settingsTree } from '../integration/harness.ts'
import { readText } from '../metrics/read-text.ts'

const usual = checkTree({ url: 'https://www.shop.example' })
const publicPort = String(usual.listen.port)
const adminPort = String(usual.admin.port)
const adminAt = `${usual.admin.host}:${usual.admin.port}`
type Json = Readonly<Record<string, unknown>>

/** The names and labels of every metric, as a collector answers them. */
async function realMetrics(): Promise<ReadonlyMap<string, string>> {
  const running = await run(checkTree(settingsTree('http://127.0.0.1:1')), { logLevel: 'silent' })
  try {
    return readText((await ask(`${running.adminUrl}/metrics`)).body).types
  } finally {
    await running.stop()
  }
}

const namesIn = (expression: string): readonly string[] => expression.match(/\bpairpixel_\w+/g) ?? []

/** Brackets and quotes of a query close in order. */
function isBalanced(expression: string): boolean {
  const open: string[] = []
  const pairs: Record<string, string> = { ')': '(', '}': '{', ']': '[' }
  for (const char of expression.replace(/"[^"]*"/g, '')) {
    if ('({['.includes(char)) open.push(char)
    if (char in pairs && open.pop() !== pairs[char]) return false
  }
  return open.length === 0 && !expression.replace(/"[^"]*"/g, '').includes('"')
}

describe('what is asked of Prometheus', () => {
  const rules = parse(readFile('deploy/prometheus/rules.yml')) as {
    groups: { rules: { alert: string; expr: string; for?: string; annotations: Json; labels: Json }[] }[]
  }
  const board = JSON.parse(readFile('deploy/grafana/pairpixel.json')) as {
    panels: {
      id: number
      title: string
      targets: { expr: string }[]
      gridPos: { x: number; y: number; w: number; h: number }
    }[]
    templating: { list: { name: string; query: string }[] }
  }
  const all = [
    ...rules.groups.flatMap((group) => group.rules.map(({ alert, expr }) => [alert, expr] as const)),
    ...board.panels.flatMap(({ title, targets }) => targets.map(({ expr }) => [title, expr] as const)),
    ...board.templating.list.map(({ name, query }) => [`variable ${name}`, query] as const),
  ]

  test('names metrics that there are, with labels that they have', async () => {
    const types = await realMetrics()
    const { families } = await import('../../server/metrics/families.ts')
    for (const [where, expression] of all) {
      expect([where, namesIn(expression).filter((name) => !types.has(name))]).toEqual([where, []])
      expect([where, isBalanced(expression)]).toEqual([where, true])
      for (const [, name = '', labels = ''] of expression.matchAll(/\bpairpixel_(\w+)\{([^}]*)\}/g)) {
        const known = families.find((family) => family.name === name)
        const asked = Array.from(labels.matchAll(/(\w+)(?:=~|!=|!~|=)"/g), ([, label]) => label!)
        if (known) expect([where, asked.filter((label) => !known.labels.includes(label))]).toEqual([where, []])
      }
    }
    expect(all.length).toBeGreaterThan(40)
  })

  test('a rate is taken of counters alone', async () => {
    const types = await realMetrics()
    for (const [where, expression] of all)
      for (const [, name = ''] of expression.matchAll(/\b(?:rate|increase)\((pairpixel_\w+)/g))
        expect([where, name, types.get(name)]).toEqual([where, name, 'counter'])
  })

  test('every rule says what is wrong and what to do', () => {
    const given = rules.groups.flatMap((group) => group.rules)
    expect(new Set(given.map(({ alert }) => alert)).size).toBe(given.length)
    for (const { alert, annotations, labels } of given) {
      expect([alert, typeof annotations.summary, typeof annotations.description]).toEqual([alert, 'string', 'string'])
      expect(['critical', 'warning']).toContain(labels.severity)
    }
  })

  test('panels have numbers of their own and lie side by side', () => {
    expect(new Set(board.panels.map(({ id }) => id)).size).toBe(board.panels.length)
    const taken = new Set<string>()
    for (const { title, gridPos } of board.panels)
      for (let x = gridPos.x; x < gridPos.x + gridPos.w; x++)
        for (let y = gridPos.y; y < gridPos.y + gridPos.h; y++) {
          expect([title, x < 24, taken.has(`${x} ${y}`)]).toEqual([title, true, false])
          taken.add(`${x} ${y}`)
        }
  })

  test('is scraped where the collector answers', () => {
    const config = parse(readFile('deploy/prometheus/prometheus.yml')) as {
      scrape_configs: { metrics_path: string; static_configs: { targets: string[] }[] }[]
      rule_files: string[]
    }
    expect(config.scrape_configs[0]?.static_configs[0]?.targets).toEqual([adminAt])
    expect(config.scrape_configs[0]?.metrics_path).toBe('/metrics')
    expect(config.rule_files).toEqual(['rules.yml'])
  })
})

/** Settings as these variables make them; files of secrets are taken for their text. */
function settingsOf(variables: Readonly<Record<string, string>>) {
  // What a file would hold, as long as a token has to be.
  const env = Object.fromEntries(
    Object.entries(variables).map(([name, value]) =>
      name.endsWith('_FILE') ? [name.slice(0, -'_FILE'.length), value.padEnd(32, '-')] : [name, value],
    ),
  )
  const { tree, faults } = readEnvironment(env)
  expect(faults).toEqual([])
  return checkTree(tree)
}

describe('containers', () => {
  const file = readFile('deploy/docker/Dockerfile')
  const lines = file
    .replace(/\\\n/g, ' ')
    .split('\n')
    .filter((line) => line && !line.startsWith('#'))
  const last = lines.slice(lines.findLastIndex((line) => line.startsWith('FROM ')))
  const said = (word: string) =>
    last.flatMap((line) => (line.startsWith(`${word} `) ? [line.slice(word.length + 1)] : []))
  const env = Object.fromEntries(
    said('ENV').flatMap((line) => line.split(/\s+/).map((pair) => pair.split('=') as [string, string])),
  )

  test('the image runs as nobody special, on the Node.js of the package, and answers where it says', () => {
    const { engines } = JSON.parse(readFile('package.json')) as { engines: { node: string } }
    expect(lines.filter((line) => line.startsWith('FROM ')).map((line) => line.split(' ')[1])).toEqual([
      'node:24-slim',
      'node:24-slim',
    ])
    expect(engines.node).toBe('>=24')
    expect([said('USER'), said('EXPOSE'), said('VOLUME'), said('STOPSIGNAL')]).toEqual([
      ['node'],
      [publicPort],
      ['/data'],
      ['SIGTERM'],
    ])
    const { NODE_ENV, ...settings } = env
    expect(NODE_ENV).toBe('production')
    expect(settingsOf(settings)).toMatchObject({
      listen: usual.listen,
      admin: usual.admin,
      store: 'sqlite:/data/pairpixel.db',
    })
  })

  test('what it copies and starts is there', () => {
    expect(JSON.parse(said('ENTRYPOINT')[0]!)).toEqual([
      'node',
      '--max-semi-space-size=4',
      '/app/dist/server/start.mjs',
    ])
    expect(JSON.parse(said('CMD')[0]!)).toEqual(['start'])
    const { bin } = JSON.parse(readFile('package.json')) as { bin: Record<string, string> }
    expect(bin.pairpixel).toBe('dist/server/start.mjs')
    expect(said('HEALTHCHECK')[0]).toContain('CMD ["node", "/app/healthcheck.mjs"]')
    expect(said('COPY')).toContain('deploy/docker/healthcheck.mjs ./')
  })

  test('the health check tells a live process from none', async () => {
    const check = (listen: string): number => {
      try {
        const env = { PATH: process.env.PATH ?? '', PAIRPIXEL_LISTEN: listen }
        execFileSync(process.execPath, [path.join(root, 'deploy/docker/healthcheck.mjs')], { env, stdio: 'pipe' })
        return 0
      } catch (error) {
        return (error as { status: number }).status
      }
    }
    expect(check('0.0.0.0:9')).toBe(1)
    const { execFile } = await import('node:child_process')
    const running = await run(checkTree(settingsTree(undefined)), { logLevel: 'silent' })
    try {
      const env = { PATH: process.env.PATH ?? '', PAIRPIXEL_LISTEN: `0.0.0.0:${new URL(running.url).port}` }
      const code = await new Promise((resolve) =>
        execFile(process.execPath, [path.join(root, 'deploy/docker/healthcheck.mjs')], { env }, (error) =>
          resolve(error?.code ?? 0),
        ),
      )
      expect(code).toBe(0)
    } finally {
      await running.stop()
    }
  })

  test('compose: this machine alone reaches it, nothing is written but the volume, tokens are files', () => {
    const compose = parse(readFile('deploy/docker/compose.yaml')) as {
      services: Record<string, Json & { environment: Record<string, string>; volumes: string[]; build: Json }>
      secrets: Json
      volumes: Json
    }
    const { pairpixel, prometheus } = compose.services
    expect(pairpixel).toMatchObject({
      ports: [publicPort, adminPort].map((port) => `127.0.0.1:${port}:${port}`),
      read_only: true,
      cap_drop: ['ALL'],
      security_opt: ['no-new-privileges:true'],
      volumes: ['data:/data'],
      build: { context: '../..', dockerfile: 'deploy/docker/Dockerfile' },
    })
    expect(settingsOf(pairpixel!.environment).sites[0]).toMatchObject({
      url: 'https://www.shop.example',
      instances: [{ name: 'meta' }],
    })
    const secrets = Object.entries(pairpixel!.environment).flatMap(([name, value]) =>
      name.endsWith('_FILE') ? [value] : [],
    )
    expect(secrets).toEqual(Object.keys(compose.secrets).map((name) => `/run/secrets/${name}`))
    expect(Object.keys(pairpixel!.environment).filter((name) => /TOKEN$|KEYS$/.test(name))).toEqual([])
    // Within the collector's own network a scrape needs no token.
    expect(prometheus?.network_mode).toBe('service:pairpixel')
  })
})

test('systemd: the unit starts, stops and reloads as the collector wants it', () => {
  const unit = new Map<string, string[]>()
  let part = ''
  for (const line of readFile('deploy/systemd/pairpixel.service').split('\n')) {
    if (/^(#|$)/.test(line)) continue
    const heading = /^\[(\w+)\]$/.exec(line)
    const [, key, value] = /^([A-Z]\w+)=(.*)$/.exec(line) ?? []
    expect([line, Boolean(heading ?? key)]).toEqual([line, true])
    if (heading) part = heading[1]!
    else unit.set(`${part}.${key!}`, [...(unit.get(`${part}.${key!}`) ?? []), value!])
  }
  const one = (key: string) => unit.get(`Service.${key}`)?.[0]
  const env = Object.fromEntries(unit.get('Service.Environment')!.map((pair) => pair.split('=') as [string, string]))
  const { NODE_ENV: _, META_ACCESS_TOKEN_FILE: token, ...settings } = env
  expect(settingsOf(settings)).toMatchObject({
    admin: usual.admin,
    listen: { host: '127.0.0.1', port: usual.listen.port },
  })
  expect(one('LoadCredential')).toBe(`${token!.replace('%d/', '')}:/etc/pairpixel/${token!.replace('%d/', '')}`)
  expect(one('ExecStart')).toMatch(
    /^\/usr\/bin\/node --max-semi-space-size=4 \/opt\/pairpixel\/dist\/server\/start\.mjs start --config /,
  )
  expect([one('ExecReload'), one('KillSignal'), one('RestartPreventExitStatus')]).toEqual([
    '/bin/kill -HUP $MAINPID',
    'SIGTERM',
    '64 78',
  ])
  expect(env.PAIRPIXEL_STORE).toBe(`sqlite:${one('WorkingDirectory')}/pairpixel.db`)
  expect(one('WorkingDirectory')).toBe(`/var/lib/${one('StateDirectory')}`)
  for (const key of ['DynamicUser', 'NoNewPrivileges', 'PrivateTmp', 'ProtectHome'])
    expect([key, one(key)]).toEqual([key, 'yes'])
  expect([one('ProtectSystem'), one('CapabilityBoundingSet'), one('MemoryDenyWriteExecute')]).toEqual([
    'strict',
    '',
    undefined,
  ])
})

describe('reverse proxies', () => {
  /** Statements of an nginx file, blocks as lists; every brace and semicolon in its place. */
  type Block = { readonly words: readonly string[]; readonly inner?: readonly Block[] }
  function readNginx(text: string): readonly Block[] {
    const tokens = text.replace(/^\s*#.*$/gm, '').match(/"[^"]*"|[{};]|[^\s{};"]+/g) ?? []
    const read = (depth: number): Block[] => {
      const found: Block[] = []
      let words: string[] = []
      for (let token = tokens.shift(); token !== undefined; token = tokens.shift()) {
        if (token === ';') found.push({ words })
        else if (token === '{') found.push({ words, inner: read(depth + 1) })
        else if (token === '}') {
          if (!depth || words.length) throw new Error('a brace or a semicolon is out of place')
          return found
        } else {
          words.push(token)
          continue
        }
        words = []
      }
      if (depth || words.length) throw new Error('the file ends within a block')
      return found
    }
    return read(0)
  }
  const find = (blocks: readonly Block[], ...words: string[]) =>
    blocks.find((block) => words.every((word, at) => block.words[at] === word))!

  test('nginx takes the prefix off, and says who asks and under which name', () => {
    const file = readNginx(readFile('deploy/proxy/nginx.conf'))
    expect(find(find(file, 'upstream', 'pairpixel').inner!, 'server').words[1]).toBe(`127.0.0.1:${publicPort}`)
    const location = find(find(file, 'server').inner!, 'location', '/_p/').inner!
    expect(find(location, 'proxy_pass').words[1]).toBe('http://pairpixel/')
    expect(find(location, 'proxy_set_header', 'Host').words[2]).toBe('$http_host')
    expect(find(location, 'proxy_set_header', 'X-Forwarded-For').words[2]).toBe('$proxy_add_x_forwarded_for')
    const cloudflare = readNginx(readFile('deploy/proxy/nginx-behind-cloudflare.conf'))
    const networks = cloudflare.filter(({ words }) => words[0] === 'set_real_ip_from').map(({ words }) => words[1]!)
    // The collector's own reading of a network is strict.
    expect(checkTree({ url: 'https://www.shop.example', trust_proxy: networks }).trustProxy).toHaveLength(22)
  })

  test('Caddy takes the prefix off and passes it to the port', () => {
    const file = readFile('deploy/proxy/Caddyfile')
    expect(file).toMatch(new RegExp(`handle_path /_p/\\* \\{\\s+reverse_proxy 127\\.0\\.0\\.1:${publicPort}\\s+\\}`))
    expect(file.match(/\{/g)?.length).toBe(file.match(/\}/g)?.length)
  })

  test('the worker passes posts on as they are, with the visitor’s address, and leaves other paths alone', async () => {
    const got: { url?: string; method?: string; forwarded?: unknown; body: string }[] = []
    const server = createServer((request, response) => {
      const parts: Buffer[] = []
      request.on('data', (part: Buffer) => parts.push(part))
      request.on('end', () => {
        const { url, method, headers } = request
        got.push({ url, method, forwarded: headers['x-forwarded-for'], body: Buffer.concat(parts).toString() })
        response.writeHead(200, { 'set-cookie': '_pps=1' }).end('hello')
      })
    })
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    onTestFinished(
      () =>
        new Promise<void>((resolve) => {
          server.close(() => resolve())
          server.closeAllConnections()
        }),
    )
    const COLLECTOR = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
    const worker = (await import(path.join(root, 'deploy/proxy/cloudflare-worker.mjs'))) as {
      default: { fetch(request: Request, env: { COLLECTOR: string }): Promise<Response> }
    }
    const headers = { 'CF-Connecting-IP': '203.0.113.7', 'X-Forwarded-For': '198.51.100.1' }
    const ask = (at: string, init: RequestInit = {}) =>
      worker.default.fetch(new Request(new URL(at, 'https://www.shop.example'), { headers, ...init }), { COLLECTOR })
    const script = await ask('/_p/p.js?site=shop')
    expect([script.status, await script.text(), script.headers.get('set-cookie')]).toEqual([200, 'hello', '_pps=1'])
    await ask('/_p/e', { method: 'POST', body: '{"v":1}' })
    expect(got).toEqual([
      { url: '/p.js?site=shop', method: 'GET', forwarded: '203.0.113.7', body: '' },
      { url: '/e', method: 'POST', forwarded: '203.0.113.7', body: '{"v":1}' },
    ])
    await ask(`${COLLECTOR}/cart`)
    expect(got.at(-1)).toMatchObject({ url: '/cart', forwarded: '198.51.100.1' })
  })
})
