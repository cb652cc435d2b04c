import { createExtrasReader, type Extra } from '../extras.ts'
import { countTo, flag } from '../readers.ts'
import { mostCount } from './rules.ts'

/** Extra keys an event may bring for Reddit (`platform.reddit`). */
export const extraKeys: Readonly<Record<string, Extra<'user' | 'metadata'>>> = {
  data_processing_options: {}, // read by privacy.ts
  opt_out: { place: 'user', read: flag },
  item_count: { place: 'metadata', read: countTo(mostCount) },
}

export const readExtras = createExtrasReader(extraKeys)
