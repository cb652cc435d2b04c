import { expect, test } from 'vitest'
import type { InstanceSettings } from '../../../server/destinations/destination.ts'
import { snapchat } from '../../../server/destinations/snapchat/index.ts'
import { accounts, createSend } from '../send.ts'
import { at, type Json } from '../vectors.ts'

export const { send, settings } = createSend(snapchat, { settings: accounts.snapchat })

export type Row = [what: string, change: Json, want: unknown, own?: Partial<InstanceSettings>]

/** One field of the entry, row by row. */
export const rowsOf = (path: string, rows: readonly Row[]) =>
  test.each(rows)(`${path}: %s`, (_what, change, want, own) => {
    expect(at(send(change, own).event, path.split('.'))).toEqual(want)
  })
