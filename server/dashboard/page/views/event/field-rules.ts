/** How a value came to be, by its name in a platform's request (docs/destinations.md has every case). */
const digest = (what: string) => `SHA-256 of ${what}`
const rules: Readonly<Record<string, string>> = {
  event_name: 'The platform’s own word for the event',
  tracking_type: 'The platform’s own word for the event',
  custom_event_name: 'The platform has no such event, so it goes under its own name',
  event_id: 'The shared ID: the pixel’s hit carries the same, so the two are counted as one',
  conversion_id: digest('the shared ID: the pixel’s hit carries the same digest, so the two are counted as one'),
  event_time: 'When it happened in the browser, corrected by what its clock was off',
  event_at: 'When it happened in the browser, corrected by what its clock was off',
  action_source: 'Where it happened, in the platform’s words',
  event_source_url: 'The page’s address, without parameters that tell of a person',
  referrer_url: 'The page before, without parameters that tell of a person',
  em: digest('the e-mail address, trimmed, in small letters'),
  email: digest('the e-mail address in Reddit’s form'),
  ph: digest('the phone number, digits alone, with its country’s code'),
  phone_number: digest('the phone number with + and its country’s code'),
  fn: digest('the first name in small letters'),
  ln: digest('the last name in small letters'),
  ct: digest('the city in small letters, without spaces'),
  st: digest('the state’s code'),
  zp: digest('the post code'),
  country: digest('the country’s two letters'),
  db: digest('the date of birth, as digits'),
  ge: digest('f or m'),
  external_id: digest('your own ID of the customer'),
  client_ip_address: 'The visitor’s address, as this platform asks for it; masked here',
  ip_address: digest('the visitor’s address, unless hash_ip is off'),
  client_user_agent: 'The browser’s own name for itself, unchanged',
  user_agent: 'The browser’s own name for itself, unchanged',
  fbc: 'fb, the time of the ad click, and its fbclid, letter for letter',
  fbp: 'The _fbp cookie, as it was found',
  click_id: 'The ad click’s rdt_cid, letter for letter',
  uuid: 'The _rdt_uuid cookie, as it was found',
  sc_click_id: 'The ad click’s ScCid, letter for letter',
  sc_cookie1: 'The _scid cookie, as it was found',
  width: 'The screen’s own size, not the window’s',
  height: 'The screen’s own size, not the window’s',
  value: 'The back end’s word before the browser’s; never invented',
  value_decimal: 'The back end’s word before the browser’s; never invented',
  currency: 'The back end’s word before the browser’s; never invented',
  num_items: 'Sum of the quantities',
  item_count: 'Sum of the quantities',
  content_ids: 'The IDs of the items, as in your catalogue',
  madid: 'The phone’s advertising ID',
  idfa: digest('the advertising ID of an iPhone'),
  aaid: digest('the advertising ID of an Android phone'),
  data_processing_options: 'The visitor allows limited use alone, or a setting says so',
  modes: 'The visitor allows limited use alone, or a setting says so',
}
/** The sentence for a field; undefined where the value stands as it came. */
export function ruleFor(path: string): string | undefined {
  const names = path.split('.').filter((name) => !/^\d+$/.test(name))
  // A value inside an item is the item's own.
  if (names.some((name) => ['contents', 'products'].includes(name))) return undefined
  const name = names.at(-1) ?? ''
  return Object.hasOwn(rules, name) ? rules[name] : undefined
}
