/* global window, document, location, navigator, screen, history, Image, URLSearchParams, sha256 */
// Stand-in for Meta's pixel: the real stub protocol and the real shape of a hit, sent to the server this file came from.
;(function () {
  'use strict'
  var fbq = window.fbq
  // A second copy of the library finds the function already live.
  if (!fbq || fbq.callMethod) return

  var version = '2.9.252'
  var longest = 2048
  var script = document.currentScript
  var base = script ? script.src.replace(/\/meta\/fbevents\.js.*$/, '') : ''
  var pixels = []
  var locked = false
  var processing
  var sent = 0
  var loadedAt = Date.now()

  function readCookie(name) {
    var match = document.cookie.match('(?:^|; )' + name + '=([^;]*)')
    return match ? match[1] : undefined
  }

  function writeCookie(name, value, domain) {
    document.cookie =
      name + '=' + value + '; Max-Age=7776000; Path=/; SameSite=Lax' + (domain ? '; Domain=.' + domain : '')
  }

  /** The shortest domain the browser takes a cookie for; none on localhost and addresses. */
  function findDomain() {
    var labels = location.hostname.split('.')
    if (labels.length < 2 || /^[\d.]+$|:/.test(location.hostname)) return ''
    for (var from = labels.length - 2; from >= 0; from--) {
      var domain = labels.slice(from).join('.')
      document.cookie = '_fbt=1; Path=/; Domain=.' + domain
      var taken = readCookie('_fbt') === '1'
      document.cookie = '_fbt=; Max-Age=0; Path=/; Domain=.' + domain
      if (taken) return domain
    }
    return ''
  }

  function writeCookies() {
    var domain = findDomain()
    var prefix = 'fb.' + (domain ? domain.split('.').length - 1 : 0) + '.' + Date.now() + '.'
    var fbp = readCookie('_fbp')
    writeCookie('_fbp', /^fb\.\d+\.\d+\.\d+/.test(fbp) ? fbp : prefix + digits(9) + digits(9), domain)
    var click = new URLSearchParams(location.search).get('fbclid')
    var fbc = readCookie('_fbc')
    if (click) writeCookie('_fbc', fbc && fbc.split('.')[3] === click ? fbc : prefix + click, domain)
  }

  function digits(count) {
    var text = ''
    while (text.length < count) text += text ? Math.floor(Math.random() * 10) : 1 + Math.floor(Math.random() * 9)
    return text
  }

  /* sha256.js */

  var userKeys = ['em', 'fn', 'ln', 'ph', 'ge', 'db', 'ct', 'st', 'zp', 'country', 'external_id']

  /** What leaves of a visitor: digests, of what is none yet too. */
  function hashUser(user) {
    var hashed = {}
    userKeys.forEach(function (key) {
      var value = user && typeof user === 'object' ? String(user[key] === undefined ? '' : user[key]) : ''
      value = value.trim().toLowerCase()
      if (value) hashed[key] = /^[0-9a-f]{64}$/.test(value) ? value : sha256(value)
    })
    return hashed
  }

  function init(id, user) {
    id = String(id)
    var known = pixels.filter((pixel) => pixel.id === id)[0]
    if (known) {
      Object.assign(known.user, hashUser(user))
      return
    }
    // Limited use is what was said before a pixel begins.
    var pixel = { id: id, live: false, waiting: [], user: hashUser(user), processing: processing }
    pixels.push(pixel)
    writeCookies()
    // No hit leaves before the pixel's own settings are there; blocked alone, they hold everything back.
    var config = document.createElement('script')
    config.async = true
    config.src = base + '/signals/config/' + encodeURIComponent(id) + '?v=' + version
    config.onload = function () {
      pixel.live = true
      pixel.waiting.splice(0).forEach(function (hit) {
        send(pixel, hit)
      })
    }
    ;(document.head || document.documentElement).appendChild(config)
  }

  /** `eventID` counts in the options only; a number and `{eventID: {eventID}}` are taken too. */
  function readId(options) {
    var id = options && typeof options === 'object' ? options.eventID || options.event_id : undefined
    if (id && typeof id === 'object') id = id.eventID
    return id === undefined || id === null || id === '' ? undefined : String(id)
  }

  function track(only, name, params, options) {
    if (typeof name !== 'string' || name === '') return
    var hit = { name: name, params: params && typeof params === 'object' ? params : {}, id: readId(options) }
    hit.url = location.href
    hit.at = Date.now()
    pixels.forEach(function (pixel) {
      if (only !== undefined && pixel.id !== String(only)) return
      if (pixel.live) send(pixel, hit)
      else pixel.waiting.push(hit)
    })
  }

  function send(pixel, hit) {
    var query = new URLSearchParams()
    query.set('id', pixel.id)
    query.set('ev', hit.name)
    query.set('dl', hit.url)
    query.set('rl', document.referrer)
    query.set('if', String(window.top !== window))
    query.set('ts', String(hit.at))
    Object.keys(hit.params).forEach(function (key) {
      var value = hit.params[key]
      if (value === undefined || value === null) return
      query.set('cd[' + key + ']', typeof value === 'object' ? JSON.stringify(value) : String(value))
    })
    Object.keys(pixel.user).forEach(function (key) {
      query.set('ud[' + key + ']', pixel.user[key])
    })
    query.set('sw', String(screen.width))
    query.set('sh', String(screen.height))
    query.set('v', version)
    query.set('ec', String(sent++))
    ;['fbc', 'fbp'].forEach(function (name) {
      var cookie = readCookie('_' + name)
      if (cookie) query.set(name, cookie)
    })
    query.set('it', String(loadedAt))
    if (pixel.processing) {
      query.set('dpo', pixel.processing.options.join(','))
      query.set('dpoco', String(pixel.processing.country))
      query.set('dpost', String(pixel.processing.state))
    }
    if (hit.id) query.set('eid', hit.id)
    var url = base + '/tr/?' + query.toString() + '&rqm=GET'
    if (url.length <= longest) {
      new Image().src = url
      return
    }
    query.set('rqm', 'SB')
    navigator.sendBeacon(base + '/tr/', query)
  }

  var commands = {
    init: init,
    track: (name, params, options) => track(undefined, name, params, options),
    trackCustom: (name, params, options) => track(undefined, name, params, options),
    trackSingle: (id, name, params, options) => track(id, name, params, options),
    trackSingleCustom: (id, name, params, options) => track(id, name, params, options),
    dataProcessingOptions: function (options, country, state) {
      processing = { options: Array.isArray(options) ? options : [], country: country || 0, state: state || 0 }
    },
    consent: function (state) {
      locked = state === 'revoke'
      if (!locked) drain()
    },
  }

  function handle() {
    var call = Array.isArray(arguments[0]) ? arguments[0] : Array.prototype.slice.call(arguments)
    // The consent lock puts live calls back into the queue.
    if (locked && call[0] !== 'consent' && call[0] !== 'init') {
      fbq.queue.push(arguments)
      return
    }
    var command = Object.prototype.hasOwnProperty.call(commands, call[0]) ? commands[call[0]] : undefined
    if (command) command.apply(null, call.slice(1))
  }

  function drain() {
    var queue = fbq.queue || []
    for (var left = queue.length; left > 0; left--) handle.apply(null, queue.shift())
  }

  // Meta counts a page view for every new address in the history unless told not to.
  var pushState = history.pushState
  history.pushState = function () {
    var before = location.href
    var result = pushState.apply(history, arguments)
    if (!fbq.disablePushState && location.href !== before) track(undefined, 'PageView', {}, {})
    return result
  }

  fbq.callMethod = handle
  drain()
})()
