import { readBody, words } from '../answer.ts'
import type { HttpRequest, HttpResponse, InstanceSettings, Outcome } from '../destination.ts'
import { verdictOf } from './codes.ts'
import { authorization, pixelUrl } from './request.ts'

/** Reads the pixel's own node: who may not see it may not send to it either, and nothing is recorded. */
export const probe = (settings: InstanceSettings): HttpRequest | undefined =>
  settings.dry_run
    ? undefined
    : {
        method: 'GET',
        url: `${pixelUrl(settings)}?fields=id,name`,
        headers: { Authorization: authorization(settings) },
        body: '',
      }

const askedWrong = 'Meta refused the question, not the token: check api_version and endpoint, then send a test event.'

/** By the table of every answer. `why` of a yes is the pixel's name: its owner sees whether it is the right one. */
export function readProbe(response: HttpResponse): Outcome {
  const body = readBody(response)
  if (response.status >= 200 && response.status < 300 && !body?.error)
    return typeof body?.id === 'string'
      ? { kind: 'accepted', why: words(body.name) || undefined }
      : { kind: 'retry', why: 'Meta’s answer does not name the pixel.' }
  const { kind, why, fix, code, trace, afterMs } = verdictOf(response)
  if (kind === 'halted') return { kind, why, fix, code, trace }
  if (kind === 'rejected') return { kind, why, fix: askedWrong, code, trace }
  return { kind: 'retry', why, afterMs, trace }
}
