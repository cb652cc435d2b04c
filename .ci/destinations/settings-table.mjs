// The settings of a destination that change what stands in a request, and where: found by setting them.
import { full } from './fields.mjs'
import { code, columns, isDigest, leaves, send, settingsOf, stored, table, withField } from './send.mjs'

const rows = [
  { setting: 'action_source', value: 'email' },
  { setting: 'data_processing_options', value: ['LDU'] },
  { setting: 'data_processing_options', value: ['LMU'] },
  { setting: 'default_calling_code', value: '44', input: withField(full, 'user.phone', '07700 900123') },
  { setting: 'default_currency', value: 'EUR', input: withField({ ...full, event: 'add_to_cart' }, 'currency') },
  {
    setting: 'email_rule',
    value: 'dots',
    input: withField(withField(full, 'user.email_reddit'), 'user.email', 'j_d@shop.example'),
  },
  { setting: 'hash_ip', value: false },
  { setting: 'partner', value: 'SHOP' },
  { setting: 'reddit_user', value: 'shop' },
  { setting: 'test_event_code', value: 'TEST1' },
  { setting: 'test_id', value: 't-1' },
  { setting: 'test_mode', value: true },
]

/** Path → values of a whole request: those of the event as in the other tables, then the envelope's, address and headers. */
function requestOf(input, column, settings) {
  const sent = send(stored(input, { calling_codes: ['44'] }), column, settings)
  if ('skip' in sent) return new Map([['reason', [sent.skip]]])
  const { url, headers, body } = column.destination.request([sent.payload], settingsOf(column, settings))
  const around = [...leaves(JSON.parse(body))].filter(([path]) => !/^(data\.)?(data|events)\[\]/.test(path))
  return new Map([...leaves(sent.payload), ...around, ['the address', [url]], ...leaves({ header: headers })])
}

function cell({ setting, value, input = full }, column) {
  const before = requestOf(input, column, {})
  const after = requestOf(input, column, { [setting]: value })
  const changed = [...new Set([...before.keys(), ...after.keys()])].filter(
    (path) => JSON.stringify(before.get(path)) !== JSON.stringify(after.get(path)),
  )
  return changed.map((path) => said(path, after.get(path)?.[0])).join('<br>') || 'no effect'
}

function said(path, value) {
  const name = path.startsWith('the ') ? path : code(path)
  if (value === undefined) return `without ${name}`
  return isDigest(value) ? `${name} (another digest)` : `${name} (${code(value)})`
}

/** The table of settings. */
export const settingTable = () =>
  table(
    ['Setting', ...columns.map(({ title }) => title)],
    rows.map((row) => [
      code(`${row.setting}: ${JSON.stringify(row.value)}`),
      ...columns.map((column) => cell(row, column)),
    ]),
  )
