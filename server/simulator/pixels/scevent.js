/* global window, document, location, navigator, screen, crypto, fetch, setTimeout, clearTimeout, sha256 */
// Stand-in for Snap's pixel: the real stub protocol and the real shape of a hit, sent to the server this file came from.
;(function () {
  'use strict'
  var snaptr = window.snaptr
  // A second copy of the library finds the function already live.
  if (!snaptr || snaptr.handleRequest) return

  var groupMs = 200
  var ownPageViewMs = 4000
  var uuidShape = /^[0-9a-f]{8}-[0-9a-f]{4}-[1-8][0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/i
  var script = document.currentScript
  var base = script ? script.src.replace(/\/snap\/scevent\.min\.js.*$/, '') : ''
  var pixels = []
  var waiting = []
  var timer
  var pageViewSeen = false
  var ownPageViewId
  var browserId = uuid()
  var user = {}

  function uuid() {
    var bytes = crypto.getRandomValues(new Uint8Array(16))
    bytes[6] = (bytes[6] & 15) | 64
    bytes[8] = (bytes[8] & 63) | 128
    var hex = Array.from(bytes, (byte) => ('0' + byte.toString(16)).slice(-2)).join('')
    return hex.replace(/^(.{8})(.{4})(.{4})(.{4})/, '$1-$2-$3-$4-')
  }

  function token() {
    var letters = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_-'
    return Array.from(crypto.getRandomValues(new Uint8Array(32)), (byte) => letters[byte % 64]).join('')
  }

  function readCookie(name) {
    var match = document.cookie.match('(?:^|; )' + name + '=([^;]*)')
    return match ? match[1] : undefined
  }

  /** The shortest domain the browser takes a cookie for; none on localhost and addresses. */
  function findDomain() {
    var labels = location.hostname.split('.')
    if (labels.length < 2 || /^[\d.]+$|:/.test(location.hostname)) return ''
    for (var from = labels.length - 2; from >= 0; from--) {
      var domain = labels.slice(from).join('.')
      document.cookie = '_sct=1; Path=/; Domain=.' + domain
      var taken = readCookie('_sct') === '1'
      document.cookie = '_sct=; Max-Age=0; Path=/; Domain=.' + domain
      if (taken) return domain
    }
    return ''
  }

  function writeCookies() {
    var domain = findDomain()
    document.cookie =
      '_scid=' +
      (readCookie('_scid') || token()) +
      '; Max-Age=34186698; Path=/; SameSite=Lax' +
      (domain ? '; Domain=.' + domain : '')
  }

  /* sha256.js */

  /** Adds what is said of the visitor, hashed; nothing of it is ever forgotten. */
  function learn(said) {
    var text = function (long, short) {
      return String((said && (said[long] || said[short])) || '').trim()
    }
    var email = text('user_email', 'u_em').toLowerCase()
    var phone = text('user_phone_number', 'u_pn').replace(/\W/g, '')
    var hem = email ? sha256(email) : text('user_hashed_email', 'u_hem')
    var hpn = phone ? sha256(phone) : text('user_hashed_phone_number', 'u_hpn')
    if (hem) user.u_hem = hem
    if (hpn) user.u_hpn = hpn
  }

  /** A pixel ID that is no UUID is left alone without a word. */
  function init(id, said) {
    if (!uuidShape.test(id)) return
    learn(said)
    if (pixels.indexOf(id) >= 0) return
    pixels.push(id)
    writeCookies()
    fetch(base + '/config/' + encodeURIComponent(location.hostname) + '/' + id + '.json?v=3.53.5').catch(function () {})
    if (pixels.length === 1) setTimeout(ownPageView, ownPageViewMs)
  }

  /** Without a page view from the site, Snap sends one of its own. */
  function ownPageView() {
    if (pageViewSeen) return
    ownPageViewId = '@-' + uuid()
    add(undefined, 'PAGE_VIEW', {}, { cdid: ownPageViewId, ae: true, rt: 8 })
  }

  function track(first, second, third) {
    var single = typeof second === 'string'
    var name = single ? second : first
    var params = single ? third : second
    if (typeof name !== 'string' || name === '') return
    if (!params || typeof params !== 'object') params = {}
    var id = readId(params) || (name === 'PAGE_VIEW' && ownPageViewId) || '@-' + uuid()
    // The ID Snap makes is written into the caller's own object.
    if (!readId(params) && Object.isExtensible(params)) params.cdid = id
    add(single ? first : undefined, name, params, { cdid: String(id) })
  }

  function readId(params) {
    return params.client_dedup_id || params.client_deduplication_id || params.cdid
  }

  function add(only, name, params, more) {
    if (name === 'PAGE_VIEW') pageViewSeen = true
    pixels.forEach(function (id) {
      if (only !== undefined && id !== only) return
      var entry = Object.assign({ ev: name, pid: id, ts: Date.now(), u_c1: browserId }, user, more)
      // Of the site's keys only known ones leave.
      if (params.price !== undefined) entry.e_pr = params.price
      if (params.currency !== undefined) entry.e_cur = params.currency
      if (params.transaction_id !== undefined) entry.e_tid = String(params.transaction_id)
      waiting.push({ t: entry })
    })
    if (timer === undefined && waiting.length > 0) timer = setTimeout(flush, groupMs)
  }

  function flush() {
    clearTimeout(timer)
    timer = undefined
    if (waiting.length === 0) return
    var context = { c1: browserId, url: location.href, sw: screen.width, sh: screen.height }
    navigator.sendBeacon(base + '/p', JSON.stringify({ req: waiting.splice(0), ctx: context }))
  }

  var commands = { init: init, track: track }

  function handle(name, first, second, third) {
    var key = String(name).toLowerCase()
    if (Object.prototype.hasOwnProperty.call(commands, key)) commands[key](first, second, third)
  }

  window.addEventListener('pagehide', flush)
  snaptr.handleRequest = handle
  window.snaptr = snaptr // Snap assigns the same function again
  var queue = snaptr.queue || []
  for (var at = 0; at < queue.length; at++) handle(queue[at][0], queue[at][1], queue[at][2], queue[at][3])
  queue.length = 0
})()
