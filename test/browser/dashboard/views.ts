/** Every view, by its name in the address. */
export const views = [
  'overview',
  'pairing',
  'events',
  'event?site=shop&event=add_to_cart&event_id=01993c5f-7a03-7c1e-9a7e-0d1f6f6a8b11',
  'quality',
  'errors',
  'dead',
  'alerts',
  'setup',
] as const
