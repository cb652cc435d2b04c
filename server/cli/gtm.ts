import { existsSync } from 'node:fs'
import { mkdir, readFile, writeFile } from 'node:fs/promises'
import path from 'node:path'
import { PairpixelError } from '../../shared/errors.ts'
import { checkTree, loadTree } from '../settings/settings.ts'
import type { Settings } from '../site.ts'

/** A template's folder, laid out as a repository of Google's gallery, and the file it is made of. */
const templates = { 'pairpixel-tag': 'tag.tpl', 'pairpixel-event-id': 'event-id.tpl' } as const

interface Field {
  readonly name?: string
  defaultValue?: unknown
  readonly subParams?: Field[]
}
interface Permission {
  readonly instance: { readonly key: { readonly publicId: string }; param: unknown[] }
}

/**
 * Writes both templates for Google Tag Manager into a folder, ready to import, and answers the files. Where the sites
 * have a `url`, the tag may load the pixel from there alone; the only site's address and homepage are filled in.
 */
export async function writeGtm(folder: string, settings: Pick<Settings, 'sites' | 'paths'>): Promise<string[]> {
  const written: string[] = []
  const hosts = originsOf(settings.sites)
  const homepage = settings.sites.length === 1 ? (hosts[0] ?? '') : ''
  const metadata = await readFile(find('client/gtm/metadata.yaml'), 'utf8')
  for (const { name, text } of await gtmTemplates(settings)) {
    const files = {
      'template.tpl': text,
      'metadata.yaml': metadata.replace("homepage: ''", `homepage: ${JSON.stringify(homepage)}`),
      'README.md': await readFile(find('client/gtm/README.md'), 'utf8'),
      LICENSE: await readFile(find('LICENSE'), 'utf8'),
    }
    await mkdir(path.join(folder, name), { recursive: true })
    for (const [short, content] of Object.entries(files)) {
      const target = path.join(folder, name, short)
      await writeFile(target, content)
      written.push(target)
    }
  }
  return written
}

const originsOf = (sites: Settings['sites']): string[] =>
  sites.flatMap(({ url }) => (url?.startsWith('https:') ? new URL(url).origin : []))

/** Both templates as text, with the settings filled in. */
export async function gtmTemplates({
  sites,
  paths,
}: Pick<Settings, 'sites' | 'paths'>): Promise<readonly { readonly name: string; readonly text: string }[]> {
  const hosts = originsOf(sites)
  const scripts = [...new Set(hosts)].map((origin) => origin + paths.script)
  // One site without an address would be locked out by those of the others.
  const known = hosts.length === sites.length ? scripts : []
  return Promise.all(
    Object.entries(templates).map(async ([name, file]) => {
      const text = await readFile(find(`client/gtm/${file}`), 'utf8')
      return { name, text: fillTemplate(text, known, sites.length === 1 ? known[0] : undefined) }
    }),
  )
}

/** The template with these scripts as the only ones it may load; unchanged where none is known. */
export function fillTemplate(text: string, scripts: readonly string[], script: string | undefined): string {
  if (!scripts.length) return text
  const filled = changeSection(text, 'WEB_PERMISSIONS', (json) => {
    const listItem = scripts.map((url) => ({ type: 1, string: `${url}*` }))
    for (const { instance } of json as Permission[])
      if (instance.key.publicId === 'inject_script') instance.param = [{ key: 'urls', value: { type: 2, listItem } }]
  })
  return changeSection(filled, 'TEMPLATE_PARAMETERS', (json) => {
    for (const field of (json as Field[]).flatMap((one) => [one, ...(one.subParams ?? [])]))
      if (script && field.name === 'scriptUrl') field.defaultValue = script
  })
}

/** Changes the JSON between a section's marker and the next one. */
const changeSection = (text: string, section: string, change: (json: unknown) => void): string =>
  text.replace(new RegExp(`(?<=^___${section}___\\n\\n)[^]*?(?=\\n\\n\\n___)`, 'm'), (json) => {
    const value: unknown = JSON.parse(json)
    change(value)
    return JSON.stringify(value, null, 2)
  })

/** A file of the checkout; of the installed package it is in `dist/` or beside it. */
function find(file: string): string {
  const places = ['../..', '../../..'].map((up) => path.join(import.meta.dirname, up, file))
  const found = places.find((place) => existsSync(place))
  if (!found) throw new PairpixelError('INTERNAL', `${file} is missing from this installation.`)
  return found
}

/** `pairpixel gtm`: writes the templates and says where they are. */
export async function gtm({ config, out = 'gtm' }: { config?: string; out?: string }): Promise<number> {
  const settings = checkTree(await loadTree({ env: process.env, file: config, folder: process.cwd() }))
  const files = await writeGtm(out, settings)
  process.stdout.write(files.map((file) => `${file}\n`).join(''))
  return 0
}
