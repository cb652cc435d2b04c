import { spawn } from 'node:child_process'
import { createServer, type AddressInfo } from 'node:net'
import { temporaryFolder, waitFor } from '../../integration/harness.ts'
import { readTrouble, type Browser, type BrowserKind, type Tab } from './driver.ts'
import { openProxy, wordsUrl, type Proxy } from './proxy.ts'
import { capMs } from './site.ts'

const miniBrowser = '/usr/lib/x86_64-linux-gnu/webkit2gtk-4.1/MiniBrowser'

async function freePort(): Promise<number> {
  const server = createServer()
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  await new Promise((resolve) => server.close(resolve))
  return port
}

/** WebDriver's own way to call: a path below the driver's address, JSON both ways. */
type Call = (method: 'GET' | 'POST' | 'DELETE', path: string, body?: object) => Promise<unknown>

const callTo =
  (url: string): Call =>
  async (method, path, body) => {
    const answer = await fetch(url + path, { method, ...(body && { body: JSON.stringify(body) }) })
    const { value } = (await answer.json()) as { value: unknown }
    if (!answer.ok) throw new Error(`${method} ${path}: ${JSON.stringify(value)}`)
    return value
  }

async function openTab(call: Call, proxy: Proxy): Promise<Tab> {
  const browserOptions = { binary: miniBrowser, args: ['--automation', `--proxy=${proxy.url}`] }
  const { sessionId } = (await call('POST', '/session', {
    capabilities: {
      alwaysMatch: { timeouts: { script: capMs, pageLoad: capMs }, 'webkitgtk:browserOptions': browserOptions },
    },
  })) as { sessionId: string }
  const tell: Call = (method, path, body) => call(method, `/session/${sessionId}${path}`, body)
  const troubles: string[] = []
  proxy.blocked = undefined
  // There is no console to hear, so its errors leave the page another way.
  proxy.script = `{const tell=console.error;console.error=(...words)=>{navigator.sendBeacon('${wordsUrl}',words.join(' '));tell.apply(console,words)}};`
  proxy.onWord = (word) => troubles.push(...readTrouble(word))
  return {
    troubles,
    prepare: (script) => {
      proxy.script += `(${String(script)})();`
      return Promise.resolve()
    },
    async go(url) {
      await tell('POST', '/url', { url })
    },
    run: async (script: (given?: never) => unknown, given?: unknown) => {
      const answer = (await tell('POST', '/execute/async', {
        script: `const done = arguments[1]; new Promise((resolve) => resolve((${String(script)})(arguments[0])))
          .then((value) => done({ value }), (error) => done({ error: String(error) }))`,
        args: [given ?? null],
      })) as { value?: unknown; error?: string }
      if (answer.error) throw new Error(answer.error)
      return answer.value as never
    },
    async click(value) {
      const found = (await tell('POST', '/element', { using: 'css selector', value })) as Record<string, string>
      await tell('POST', `/element/${Object.values(found)[0]}/click`, {})
    },
    block(pattern) {
      proxy.blocked = pattern
      return Promise.resolve()
    },
    async cookies() {
      const cookies = (await tell('GET', '/cookie')) as readonly { name: string; value: string }[]
      return Object.fromEntries(cookies.map(({ name, value }) => [name, value]))
    },
    async close() {
      await tell('DELETE', '')
    },
  }
}

/** Debian's WebKitGTK, over WebDriver. It needs a display, and a proxy for what its driver cannot do. */
export const webkit: BrowserKind = {
  name: 'WebKit',
  // Secure there without a certificate.
  suffix: 'localhost',
  isSingle: true,
  async launch(): Promise<Browser> {
    const proxy = await openProxy()
    const port = await freePort()
    const folder = temporaryFolder()
    const driver = spawn('xvfb-run', ['-a', 'WebKitWebDriver', `--port=${port}`, '--host=127.0.0.1'], {
      // A group of its own: the display, the driver and its browser end together.
      detached: true,
      stdio: 'ignore',
      // Ended by a signal, the display leaves its files.
      env: { ...process.env, TMPDIR: folder.path },
    })
    const ended = new Promise((resolve) => driver.once('exit', resolve))
    const call = callTo(`http://127.0.0.1:${port}`)
    await waitFor('WebKit’s driver', () => call('GET', '/status').catch(() => undefined))
    return {
      newTab: () => openTab(call, proxy),
      async close() {
        process.kill(-driver.pid!)
        await ended
        await proxy.close()
        folder.remove()
      },
    }
  },
}
