import { rulesFor } from '../../shared/mapping.ts'
import type { PixelRules } from '../../shared/pixel-settings.ts'
import type { Mapping } from '../platforms/platform.ts'

/**
 * What the operator maps by hand, on the page: the same rules as the collector's, so that both sides use one name. The
 * name that was used travels with the event, for the collector may have other rules by then. Served only to sites that
 * have such rules.
 */
const mapping =
  (all: readonly PixelRules[]): Mapping =>
  (platform, [event, name]) => {
    const mine = all.filter((one) => one.platform === platform)
    // As the collector sees it: our own fields are not among the free properties (shared/pixel-event.ts).
    const { value, currency, order_id, search_string, items: _items, ...props } = event.props
    const facts = { ...event, value, currency, order_id, search_string, props }
    return mine[0]
      ? mine.flatMap(({ instance, ids, rules }) => {
          const rule = rulesFor(rules, facts)[0]
          if (rule?.skip) return []
          // Said for each, for an instance without a name of its own would be taken for its platform's others.
          event.names = { ...event.names, [instance]: rule?.name ?? (name || event.event) }
          if (!rule?.name) return [[event, name, ids]]
          return [[{ ...event, event: rule.name }, rule.custom ? undefined : rule.name, ids]]
        })
      : undefined
  }

export default mapping
