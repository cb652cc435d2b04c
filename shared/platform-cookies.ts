/**
 * The platforms' own cookies that an event may carry, as they stand in a browser. `rdt_cid` and `_scid_r` are Reddit's
 * and Snapchat's older or second place for what `_rdt_cid` and `_scid` hold.
 */
export const platformCookies = [
  '_fbp',
  '_fbc',
  '_rdt_uuid',
  '_rdt_cid',
  'rdt_cid',
  '_scid',
  '_scid_r',
  '_scclid',
] as const

/** Cookies of platforms that nothing is sent to yet: kept with an event where the site names them (`pixel.cookies`). */
export const moreCookies = ['_ttp', '_epik', '_uetmsclkid', '_gcl_aw', '_gcl_gb', 'li_fat_id'] as const
export type MoreCookie = (typeof moreCookies)[number]
