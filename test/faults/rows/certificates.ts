import { execFileSync } from 'node:child_process'
import { readFileSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:https'
import type { AddressInfo } from 'node:net'
import { stopServer } from '../../integration/harness.ts'
import { anOrder } from '../lab.ts'
import { must, row } from '../row.ts'
import { elsewhere } from '../vendor.ts'

export default row({
  number: 24,
  title: 'certificates: self-signed, expired, of another host, an old TLS: never sent',
  async run({ lab, spawn, look, until, after }) {
    const make = (name: string, ...more: string[]) => {
      const [key, certificate] = [`${lab.folder}/${name}.key`, `${lab.folder}/${name}.pem`]
      const words = ['req', '-x509', '-newkey', 'rsa:2048', '-nodes', '-keyout', key, '-out', certificate, ...more]
      execFileSync('openssl', words, { stdio: 'pipe' })
      return { key: readFileSync(key), cert: readFileSync(certificate), file: certificate }
    }
    const local = ['-subj', '/CN=localhost', '-addext', 'subjectAltName=DNS:localhost,IP:127.0.0.1']
    const cases: [string, ReturnType<typeof make>, object, string | undefined][] = []
    const selfSigned = make('self', ...local, '-days', '2')
    cases.push(['self-signed', selfSigned, {}, undefined])
    const expired = makeExpired(lab.folder)
    cases.push(['expired', expired, {}, expired.file])
    const other = make(
      'other',
      '-subj',
      '/CN=other.example',
      '-addext',
      'subjectAltName=DNS:other.example',
      '-days',
      '2',
    )
    cases.push(['of another host', other, {}, other.file])
    cases.push([
      'TLS 1.1',
      selfSigned,
      { maxVersion: 'TLSv1.1', minVersion: 'TLSv1', ciphers: 'DEFAULT@SECLEVEL=0' },
      selfSigned.file,
    ])
    const told: string[] = []
    for (const [what, { key, cert }, options, trusted] of cases) {
      let requests = 0
      const server = createServer({ key, cert, ...options }, (_request, response) => {
        requests++
        response.end('{}')
      })
      server.on('tlsClientError', () => undefined)
      await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
      after(() => stopServer(server))
      const endpoint = `https://127.0.0.1:${(server.address() as AddressInfo).port}`
      const store = `sqlite:${lab.folder}/tls-${told.length}.db`
      const child = await spawn(
        { store, ...elsewhere(lab.tree(), 'reddit', { endpoint }) },
        trusted === undefined ? {} : { env: { NODE_EXTRA_CA_CERTS: trusted } },
      )
      await lab.post(child.url, { kind: 'backend', events: [anOrder(`tls-${told.length}`)] })
      const tried = await until(`a try (${what})`, () =>
        look(async (opened) => {
          const [found] = await opened.recent({ limit: 1 })
          const delivery = found?.deliveries.find(({ instance }) => instance === 'reddit')
          return delivery?.why ? delivery : undefined
        }),
      )
      must(requests === 0, `${what}: it was sent`)
      must(
        tried.state === 'pending' && tried.attempts === 0,
        `${what}: ${tried.state}, ${tried.attempts} attempts, ${tried.why}`,
      )
      told.push(`${what}: ${/No answer: (\S+)/.exec(tried.why ?? '')?.[1]}`)
      await child.kill()
    }
    return told.join(', ')
  },
})

/** `req` makes none of the past; `ca` does, and wants a folder with its books. */
function makeExpired(folder: string) {
  const at = (name: string) => `${folder}/${name}`
  writeFileSync(
    at('ca.cnf'),
    `[ca]
default_ca = one
[one]
database = ${at('index')}
serial = ${at('serial')}
new_certs_dir = ${folder}
default_md = sha256
policy = any
x509_extensions = names
[any]
commonName = supplied
[names]
subjectAltName = DNS:localhost,IP:127.0.0.1
basicConstraints = CA:TRUE
`,
  )
  writeFileSync(at('index'), '')
  writeFileSync(at('serial'), '01')
  const openssl = (...words: string[]) => execFileSync('openssl', words, { stdio: 'pipe' })
  const [key, request, file] = [at('expired.key'), at('expired.csr'), at('expired.pem')]
  openssl('req', '-new', '-newkey', 'rsa:2048', '-nodes', '-keyout', key, '-out', request, '-subj', '/CN=localhost')
  const dates = ['-startdate', '200101000000Z', '-enddate', '200201000000Z']
  openssl(
    'ca',
    '-batch',
    '-selfsign',
    '-notext',
    '-config',
    at('ca.cnf'),
    ...dates,
    '-in',
    request,
    '-keyfile',
    key,
    '-out',
    file,
  )
  return { key: readFileSync(key), cert: readFileSync(file), file }
}
