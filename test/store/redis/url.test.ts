import { describe, expect, test } from 'vitest'
import { dayMs, hourMs } from '../../../shared/limits.ts'
import { openStore } from '../../../server/store/index.ts'
import { parseRedisUrl } from '../../../server/store/redis/url.ts'

const usual = { db: 0, prefix: 'pp', replicas: 0, explanationMs: 168 * hourMs, rememberMs: 30 * dayMs }
const one = { nodes: [{ host: 'h', port: 6379 }], isCluster: false, tls: false, ...usual }

describe('addresses of Redis', () => {
  test.each<[string, object]>([
    ['redis://h', one],
    ['redis://h:7000/3', { ...one, nodes: [{ host: 'h', port: 7000 }], db: 3 }],
    ['rediss://me:p%40ss:w@h', { ...one, tls: true, username: 'me', password: 'p@ss:w' }],
    ['redis://:secret@h', { ...one, password: 'secret' }],
    ['redis://[::1]:7000', { ...one, nodes: [{ host: '::1', port: 7000 }] }],
    [
      'redis+cluster://a:1,b:65535',
      {
        ...one,
        isCluster: true,
        nodes: [
          { host: 'a', port: 1 },
          { host: 'b', port: 65_535 },
        ],
      },
    ],
    [
      'rediss+cluster://:s@a',
      { ...one, isCluster: true, tls: true, password: 's', nodes: [{ host: 'a', port: 6379 }] },
    ],
    [
      'redis://h?prefix=shop&replicas=2&explanations=1&remember=2',
      { ...one, prefix: 'shop', replicas: 2, explanationMs: hourMs, rememberMs: 2 * dayMs },
    ],
  ])('%s', (url, target) => expect(parseRedisUrl(url)).toEqual(target))

  test.each([
    ['no host', 'redis://'],
    ['a port above 65535', 'redis://h:65536'],
    ['port zero', 'redis://h:0'],
    ['several hosts that are no cluster', 'redis://a,b'],
    ['a numbered database of a cluster', 'redis+cluster://a/1'],
    ['an unknown option', 'redis://h?prefx=a'],
    ['a prefix that is none', 'redis://h?prefix=a{b}'],
    ['a memory shorter than the platforms’', 'redis://h?remember=1'],
    ['a memory longer than the store’s', 'redis://h?remember=31'],
    ['a percent sign that stands for nothing', 'redis://:100%@h'],
  ])('%s is refused', async (_name, url) => {
    expect(() => parseRedisUrl(url)).toThrow(expect.objectContaining({ code: 'CONFIG_INVALID' }))
    await expect(openStore(url)).rejects.toMatchObject({ code: 'CONFIG_INVALID' })
  })
  test('what is refused is not repeated: it may hold a password', () => {
    for (const url of ['redis://:hidden-word@h:0', 'redis://:hidden-word%@h', 'redis://:hidden-word@a,b'])
      expect(() => parseRedisUrl(url)).not.toThrow(/hidden-word/)
  })
  test('a store in memory is refused where something must last', async () => {
    await expect(openStore('memory:', { least: 'fsync' })).rejects.toMatchObject({ code: 'CONFIG_INVALID' })
  })
})
