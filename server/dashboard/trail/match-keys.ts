/** Where a platform's request names the person, and which fields of it are match keys. */
const groups = ['user_data', 'user'] as const

/** Fields in any platform's spelling → the match key they are. */
const keyOf = new Map<string, string>(
  Object.entries({
    em: 'email',
    email: 'email',
    ph: 'phone',
    phone_number: 'phone',
    fn: 'first_name',
    ln: 'last_name',
    ge: 'gender',
    db: 'date_of_birth',
    ct: 'city',
    st: 'state',
    zp: 'zip',
    country: 'country',
    external_id: 'external_id',
    client_ip_address: 'ip',
    ip_address: 'ip',
    client_user_agent: 'user_agent',
    user_agent: 'user_agent',
    fbc: 'click_id',
    click_id: 'click_id',
    sc_click_id: 'click_id',
    fbp: 'browser_id',
    uuid: 'browser_id',
    sc_cookie1: 'browser_id',
    madid: 'advertising_id',
    idfa: 'advertising_id',
    aaid: 'advertising_id',
    screen_dimensions: 'screen',
  }),
)
export const matchKeyNames: readonly string[] = [...new Set(keyOf.values())]
/** Reddit's click ID stands beside the person; what else has a match key's name there is none of a person. */
const clickFields = [...keyOf].filter(([, key]) => key === 'click_id').map(([field]) => field)

export interface SentKey {
  readonly key: string
  /** The beginning of its value as it is shown, digests and addresses cut short: enough to tell values apart. */
  readonly value: string
}

const isRecord = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

/** The match keys of an event as a platform got it, each once. @param sent an explanation's `sent`, masked */
export function sentKeys(sent: unknown): readonly SentKey[] {
  if (!isRecord(sent)) return []
  const found: SentKey[] = []
  for (const field of clickFields) take(found, field, sent[field])
  for (const name of groups) {
    const group = sent[name]
    if (isRecord(group)) for (const field in group) take(found, field, group[field])
  }
  return found
}

function take(found: SentKey[], field: string, given: unknown): void {
  const value: unknown = Array.isArray(given) ? given[0] : given
  if (value === undefined || value === null || value === '') return
  const key = keyOf.get(field)
  if (key === undefined || found.some((one) => one.key === key)) return
  found.push({ key, value: (typeof value === 'string' ? value : JSON.stringify(value)).slice(0, 16) })
}
