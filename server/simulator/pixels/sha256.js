/* global TextEncoder */
/** SHA-256, at once: the browser's own answers later, and only on secure pages. */
// eslint-disable-next-line no-unused-vars -- the stand-ins that this is put into use it
function sha256(text) {
  var bytes = new TextEncoder().encode(text)
  var words = []
  for (var i = 0; i < bytes.length; i++) words[i >> 2] |= bytes[i] << (24 - (i % 4) * 8)
  var bits = bytes.length * 8
  words[bits >> 5] |= 0x80 << (24 - (bits % 32))
  var end = (((bits + 64) >> 9) << 4) + 15
  words[end] = bits
  words[end - 1] = Math.floor(bits / 4294967296)
  var k = []
  var h = []
  for (var n = 2; k.length < 64; n++) {
    if (!isPrime(n)) continue
    if (h.length < 8) h.push(fraction(Math.sqrt(n)))
    k.push(fraction(Math.cbrt(n)))
  }
  for (var at = 0; at <= end; at += 16) h = mix(h, words.slice(at, at + 16), k)
  return h.map((word) => ('0000000' + (word >>> 0).toString(16)).slice(-8)).join('')
}

function isPrime(n) {
  for (var d = 2; d * d <= n; d++) if (n % d === 0) return false
  return true
}

function fraction(number) {
  return ((number - Math.floor(number)) * 4294967296) | 0
}

function turn(word, by) {
  return (word >>> by) | (word << (32 - by))
}

function mix(before, block, k) {
  var w = []
  var s = before.slice()
  for (var i = 0; i < 64; i++) {
    if (i < 16) w[i] = block[i] | 0
    else {
      var a = w[i - 15]
      var b = w[i - 2]
      var low = turn(a, 7) ^ turn(a, 18) ^ (a >>> 3)
      var high = turn(b, 17) ^ turn(b, 19) ^ (b >>> 10)
      w[i] = (w[i - 16] + low + w[i - 7] + high) | 0
    }
    var choose = (s[4] & s[5]) ^ (~s[4] & s[6])
    var one = (s[7] + (turn(s[4], 6) ^ turn(s[4], 11) ^ turn(s[4], 25)) + choose + k[i] + w[i]) | 0
    var most = (s[0] & s[1]) ^ (s[0] & s[2]) ^ (s[1] & s[2])
    var two = ((turn(s[0], 2) ^ turn(s[0], 13) ^ turn(s[0], 22)) + most) | 0
    s = [(one + two) | 0, s[0], s[1], s[2], (s[3] + one) | 0, s[4], s[5], s[6]]
  }
  return s.map((word, at) => (word + before[at]) | 0)
}
