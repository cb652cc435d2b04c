/* global window, document, location, screen, crypto, Image, URLSearchParams, sha256 */
// Stand-in for Reddit's pixel: the real stub protocol and the real shape of a hit, sent to the server this file came from.
;(function () {
  'use strict'
  var rdt = window.rdt
  // A second copy of the library finds the function already live.
  if (!rdt || rdt.sendEvent) return

  var script = document.currentScript
  var base = script ? script.src.replace(/\/reddit\/pixel\.js.*$/, '') : ''
  var cookiesOn = true
  var pixelId
  var options = {}

  function readCookie(name) {
    var match = document.cookie.match('(?:^|; )' + name + '=([^;]*)')
    return match ? match[1] : undefined
  }

  function writeCookie(name, value, domain) {
    document.cookie =
      name +
      '=' +
      value +
      '; Max-Age=7776000; Path=/; SameSite=Strict' +
      (domain ? '; Domain=.' + domain : '') +
      (location.protocol === 'https:' ? '; Secure' : '')
  }

  /** The shortest domain the browser takes a cookie for; none on localhost and addresses. */
  function findDomain() {
    var labels = location.hostname.split('.')
    if (labels.length < 2 || /^[\d.]+$|:/.test(location.hostname)) return ''
    for (var from = labels.length - 2; from >= 0; from--) {
      var domain = labels.slice(from).join('.')
      document.cookie = '_rdt_t=1; Path=/; Domain=.' + domain
      var taken = readCookie('_rdt_t') === '1'
      document.cookie = '_rdt_t=; Max-Age=0; Path=/; Domain=.' + domain
      if (taken) return domain
    }
    return ''
  }

  function uuid() {
    var bytes = crypto.getRandomValues(new Uint8Array(16))
    bytes[6] = (bytes[6] & 15) | 64
    bytes[8] = (bytes[8] & 63) | 128
    var hex = Array.from(bytes, (byte) => ('0' + byte.toString(16)).slice(-2)).join('')
    return hex.replace(/^(.{8})(.{4})(.{4})(.{4})/, '$1-$2-$3-$4-')
  }

  function clickFromUrl() {
    return new URLSearchParams(location.search).get('rdt_cid') || ''
  }

  function writeCookies() {
    if (!cookiesOn || !pixelId) return
    var domain = findDomain()
    writeCookie('_rdt_uuid', readCookie('_rdt_uuid') || Date.now() + '.' + uuid(), domain)
    if (clickFromUrl()) writeCookie('_rdt_cid', clickFromUrl(), domain)
  }

  /* sha256.js */

  /** A digest passes in lower case, other text is hashed, anything that is no text is dropped. */
  function hashed(value) {
    if (typeof value !== 'string' || value === '') return ''
    return /^[0-9a-f]{64}$/i.test(value) ? value.toLowerCase() : sha256(value)
  }

  /** An address as Reddit hashes it: no case, no signs before the `@`, nothing from a `+` on. */
  function canonical(email) {
    if (typeof email !== 'string' || email.indexOf('@') < 0) return email
    return email
      .trim()
      .toLowerCase()
      .replace(/^[^@]*/, (local) => local.replace(/\+.*/, '').replace(/[^a-z0-9]/g, ''))
  }

  function init(id, settings) {
    pixelId = String(id)
    options = settings && typeof settings === 'object' ? settings : {}
    writeCookies()
  }

  function track(name, params) {
    if (!pixelId || typeof name !== 'string' || name === '') return
    var data = params && typeof params === 'object' ? params : {}
    var query = new URLSearchParams()
    var put = function (key, value) {
      if (value !== undefined && value !== null)
        query.set(key, typeof value === 'object' ? JSON.stringify(value) : value)
    }
    query.set('ts', String(Date.now()))
    query.set('id', pixelId)
    query.set('event', name)
    query.set('m.conversionId', hashed(data.conversionId))
    put('m.itemCount', data.itemCount)
    put('m.value', data.value)
    if (options.useDecimalCurrencyValues) put('m.valueDecimal', data.value)
    put('m.currency', data.currency)
    query.set('m.transactionId', hashed(data.transactionId))
    put('m.customEventName', data.customEventName)
    put('m.products', data.products)
    query.set('click_id', clickFromUrl() || (cookiesOn && readCookie('_rdt_cid')) || '')
    query.set('uuid', (cookiesOn && (readCookie('_rdt_uuid') || '').replace(/^\d+\./, '')) || '')
    put('em', hashed(canonical(options.email)) || undefined)
    put('external_id', hashed(options.externalId) || undefined)
    query.set('opt_out', options.optOut ? '1' : '0')
    put('dpm', options.dpm)
    put('dpcc', options.dpcc)
    put('dprc', options.dprc)
    // The larger side is the height, however the screen is held.
    query.set('sh', String(Math.max(screen.width, screen.height)))
    query.set('sw', String(Math.min(screen.width, screen.height)))
    query.set('v', 'rdt_d9500dd4')
    new Image().src = base + '/rp.gif?' + query.toString()
  }

  var commands = {
    init: init,
    track: track,
    disableFirstPartyCookies: function () {
      cookiesOn = false
    },
    enableFirstPartyCookies: function () {
      cookiesOn = true
      writeCookies()
    },
  }

  function handle(name) {
    var command = Object.prototype.hasOwnProperty.call(commands, name) ? commands[name] : undefined
    if (command) command.apply(null, Array.prototype.slice.call(arguments, 1))
  }

  rdt.sendEvent = handle
  var queue = (rdt.callQueue || []).splice(0)
  var setUp = function (call) {
    return call[0] !== 'track'
  }
  // The last `init` wins for all queued calls, so every one of them goes before the first event.
  queue
    .filter(setUp)
    .concat(queue.filter((call) => !setUp(call)))
    .forEach(function (call) {
      handle.apply(null, call)
    })
})()
