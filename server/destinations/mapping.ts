import type { StoredEvent } from '../../shared/event.ts'
import { readPath, rulesFor, type Rule } from '../../shared/mapping.ts'
import { readNumber, readText } from '../../shared/parse-field.ts'
import type { PixelState } from '../../shared/pixel-state.ts'
import type { Destination, InstanceSettings, MappableEvent, Mapped, Warning } from './destination.ts'
import { observedName } from './wire.ts'

/**
 * `map` of a destination, with what the operator mapped by hand before it (docs/destinations.md, Mapping by hand). Pure.
 * @param pixel what became of the platform's own pixel: the name it was fired under stands
 */
export function mapFor(
  destination: Destination,
  event: StoredEvent,
  settings: InstanceSettings,
  now: number,
  pixel?: PixelState,
): Mapped {
  if (!settings.rules?.length) return destination.map(event, settings, now)
  const rules = rulesFor(settings.rules, event)
  const decides = rules.find(({ name, skip }) => name !== undefined || skip)
  if (decides?.skip)
    return { skip: 'filtered', detail: 'The settings of this destination (events or map) keep the event from it.' }
  const name = observedName(event, settings) ?? (hasFired(pixel) ? undefined : nameFrom(decides, destination))
  const warnings: Warning[] = []
  const changed = withFields(
    { ...event, ...(name !== undefined && { names: { [settings.name]: name } }) },
    rules,
    settings.platform,
    warnings,
  )
  const mapped = destination.map(changed, settings, now)
  return 'skip' in mapped || !warnings.length ? mapped : { ...mapped, warnings: [...warnings, ...mapped.warnings] }
}

/**
 * A pixel that fired and told of no name used the usual one: an older script, or one that bundles no rules. Another name
 * on our side would count a second time.
 */
const hasFired = (pixel: PixelState | undefined): boolean =>
  pixel === 'called' || pixel === 'requested' || pixel === 'sent'

const nameFrom = (rule: Rule | undefined, destination: Destination): string | undefined =>
  rule?.name === undefined ? undefined : destination.nameOf(rule.name)

type Setter = (event: MappableEvent, value: unknown) => MappableEvent | undefined

const textChars = 500

/** Field of ours that a rule may set → how a value gets there; undefined when it cannot be one. */
const setters: Readonly<Record<string, Setter>> = {
  value: (event, value) => {
    const number = readNumber(value, '', () => undefined)
    return number === undefined ? undefined : { ...event, value: number }
  },
  currency: (event, value) => withText(event, 'currency', value, 3),
  order_id: (event, value) => withText(event, 'order_id', value, 256),
  search_string: (event, value) => withText(event, 'search_string', value, textChars),
}

function withText(event: MappableEvent, field: string, value: unknown, most: number): MappableEvent | undefined {
  const text = readText(value, '', () => undefined, most)
  return text === undefined ? undefined : { ...event, [field]: text }
}

/** `custom.KEY` and `platform.KEY`: an own field of the operator's, and one of the platform's allow-list. */
function setterOf(target: string, platform: string): Setter {
  const [room = '', key = ''] = target.split('.')
  if (room === 'custom')
    return (event, value) => (isPlain(value) ? { ...event, custom: { ...event.custom, [key]: value } } : undefined)
  if (room === 'platform')
    return (event, value) => ({
      ...event,
      platform: { ...event.platform, [platform]: { ...event.platform?.[platform], [key]: value } },
    })
  return setters[target] ?? (() => undefined)
}

const isPlain = (value: unknown): value is string | number | boolean =>
  typeof value === 'boolean' ||
  (typeof value === 'number' && Number.isFinite(value)) ||
  (typeof value === 'string' && value !== '' && value.length <= textChars)

/** The event with the fields its rules set; a value that is absent or of the wrong kind changes nothing. */
function withFields(event: StoredEvent, rules: readonly Rule[], platform: string, warnings: Warning[]): MappableEvent {
  let changed: MappableEvent = event
  for (const { set = {} } of rules)
    for (const [target, source] of Object.entries(set)) {
      const value = 'from' in source ? readPath(event, source.from) : source.value
      if (value === undefined) continue
      const next = setterOf(target, platform)(changed, value)
      if (next) changed = next
      else
        warnings.push({
          field: target,
          message: 'What the settings map to this field cannot be one; it is left as it was.',
        })
    }
  return changed
}
