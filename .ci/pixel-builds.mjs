// The pixel as it is measured: the core, the core with features, each as one script with settings in it.
import { fileURLToPath } from 'node:url'
import { rollup } from 'rollup'
import { script } from '../rollup.config.mjs'

/** What makes a pixel of the core: the calls a page makes itself, its pages, and what was not taken the first time. */
export const plainFeatures = ['pairing', 'lifecycle', 'retry']

/** As the collector fills it in for a site without settings of its own. */
export const withSettings = (code) =>
  code.replace(/(["'`])__PAIRPIXEL_SETTINGS__\1/, () => '{pixels:{meta:[],reddit:[],snapchat:[]}}')

const inputOf = (name) => fileURLToPath(new URL(`../client/${name}.ts`, import.meta.url))

async function bundle(input, plugins, keep) {
  const { output: settings, ...config } = script(input)
  const made = await rollup({ ...config, plugins: [...plugins, ...config.plugins] })
  const { output } = await made.generate({ ...settings, plugins: settings.plugins.filter(keep) })
  await made.close()
  return output[0].code
}

/** One of the scripts in client. @param keep which steps of the build are done */
export const scriptOf = (name, keep = () => true) => bundle(inputOf(name), [], keep)

/** The core built with these, as `usual.js` is with its own. */
export function scriptWith(features, keep = () => true) {
  const input = inputOf('index-of-features')
  const lines = features.map((name) => `import ${name} from './features/${name}.ts'`)
  const code = `import { serve } from './serve.ts'\n${lines.join('\n')}\nserve([${features.join(', ')}])`
  const inMemory = {
    name: 'in-memory',
    resolveId: (id) => (id === input ? id : null),
    load: (id) => (id === input ? code : null),
  }
  return bundle(input, [inMemory], keep)
}
