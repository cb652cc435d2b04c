import { expect, test } from 'vitest'
import { chooseClientIp, type IpSources } from '../../server/enrich/client-ip.ts'
import { readVectors } from '../destinations/vectors.ts'

const vectors = readVectors('meta').fbc.filter(({ kind }) => kind === 'client_ip')

test.each(vectors)('$id as published', ({ input, expect: want }) => {
  const { cookie_ip, x_forwarded_for, remote } = input as Record<string, string | null>
  const ip = chooseClientIp({ cookieIp: cookie_ip, forwardedFor: x_forwarded_for, remote })
  expect(ip ?? null).toBe(want.client_ip_address)
})

test.each<[string, IpSources, string | undefined]>([
  ['the browser’s IPv4 goes before the request’s', { cookieIp: '8.8.8.8', forwardedFor: '9.9.9.9' }, '8.8.8.8'],
  ['IPv6 of the browser goes before all', { cookieIp: '2001:db8::1', forwardedFor: '2001:db8::2' }, '2001:db8::1'],
  ['IPv4 inside IPv6 is IPv4', { remote: '::ffff:8.8.8.8' }, '8.8.8.8'],
  ['the form it came in stays', { remote: '2001:0DB8:0:0:0:0:0:1' }, '2001:0DB8:0:0:0:0:0:1'],
  ['only the first forwarded address counts', { forwardedFor: '10.0.0.1, 8.8.8.8', remote: '9.9.9.9' }, '9.9.9.9'],
  ['a port and brackets go', { forwardedFor: '[2001:db8::1]:443' }, '2001:db8::1'],
  ['a short suffix goes', { cookieIp: '8.8.8.8.Bg' }, '8.8.8.8'],
  ['private networks', { forwardedFor: '172.16.0.1', remote: '172.31.255.255' }, undefined],
  ['just outside the private range', { remote: '172.32.0.1' }, '172.32.0.1'],
  ['link-local', { remote: '169.254.1.1' }, undefined],
  ['loopback', { cookieIp: '::1', remote: '127.0.0.1' }, undefined],
  ['unique local', { remote: 'fd12:3456::1' }, undefined],
  ['an address that only begins like unique local', { remote: 'fc1::1' }, 'fc1::1'],
  ['words', { forwardedFor: 'unknown' }, undefined],
  ['nothing', {}, undefined],
])('%s', (_what, sources, ip) => {
  expect(chooseClientIp(sources)).toBe(ip)
})
