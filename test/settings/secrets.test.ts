import { readFileSync, statSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import {
  overlaySettings,
  overlayTree,
  readOverlays,
  secretsName,
  writeOverlays,
} from '../../server/settings/secrets.ts'
import { checkTree, loadTree } from '../../server/settings/settings.ts'
import { temporaryFolder } from '../integration/harness.ts'

const token = `EAA${'fake'.repeat(40)}`
const other = `EAA${'othr'.repeat(40)}`
const meta = { pixel_id: '100000000000001', access_token: token }

function aFolder() {
  const folder = temporaryFolder()
  onTestFinished(() => folder.remove())
  return folder.path
}

test('what the dashboard was told goes over file and variables, and only over destinations that are there', async () => {
  const folder = aFolder()
  writeFileSync(path.join(folder, 'pairpixel.config.json'), JSON.stringify({ destinations: { meta } }))
  writeOverlays(path.join(folder, secretsName), {
    meta: { access_token: other, enabled: false },
    gone: { enabled: true },
  })
  const tree = await loadTree({ env: { META_ACCESS_TOKEN: token }, folder })
  expect(tree).toEqual({ destinations: { meta: { ...meta, access_token: other, enabled: false } } })
})

test('it lies beside the settings file that was named, for its owner alone', async () => {
  const folder = aFolder()
  const file = path.join(folder, 'shop.json')
  writeFileSync(file, JSON.stringify({ destinations: { meta } }))
  const secrets = path.join(folder, secretsName)
  writeFileSync(secrets, '{}', { mode: 0o644 })
  writeOverlays(secrets, { meta: { access_token: other } })
  expect(statSync(secrets).mode & 0o777).toBe(0o600)
  expect(await loadTree({ env: {}, file, folder: aFolder() })).toMatchObject({
    destinations: { meta: { access_token: other } },
  })
})

test('with several sites each destination goes by its whole name', () => {
  const sites = { a: { destinations: { meta } }, b: { destinations: { meta } } }
  const overlays = { 'b/meta': { access_token: other } }
  expect(overlayTree({ sites }, overlays)).toEqual({
    sites: { a: sites.a, b: { destinations: { meta: { ...meta, access_token: other } } } },
  })
  const tokens = overlaySettings(checkTree({ sites }), overlays).sites.map((site) => site.instances[0]?.access_token)
  expect(tokens).toEqual([token, other])
})

test.each([
  ['no JSON', '{"destinations"', 'holds no JSON'],
  ['nothing of ours', '[]', 'has no "destinations"'],
])('a file that is %s is a fault that names it and repeats nothing', (_sentence, text, words) => {
  const file = path.join(aFolder(), secretsName)
  writeFileSync(file, text)
  expect(() => readOverlays(file)).toThrow(words)
})

test('parts of another shape are left out', () => {
  const file = path.join(aFolder(), secretsName)
  writeFileSync(file, JSON.stringify({ destinations: { meta: { access_token: 7, enabled: false }, reddit: null } }))
  expect(readOverlays(file)).toEqual({ meta: { enabled: false } })
  expect(readFileSync(file, 'utf8')).toContain('7') // reading changes nothing
})
