import type { ApiError, Reads, Writes } from '../shapes.ts'

export type Answer<T> =
  | { readonly ok: true; readonly value: T }
  /** `status` 0: the collector was not reached. */
  | { readonly ok: false; readonly status: number; readonly message: string }

type Query = Readonly<Record<string, string | undefined>>

/** Reads one path of the API; what is undefined in the query is not asked for. */
export const read = <K extends keyof Reads>(path: K, query: Query = {}): Promise<Answer<Reads[K]>> => {
  const given = Object.entries(query).filter((pair): pair is [string, string] => Boolean(pair[1]))
  const search = new URLSearchParams(given).toString()
  return ask(`/admin/api/${path}${search && `?${search}`}`)
}

/** Changes something. The header cannot come from another site's form. */
export const write = <K extends keyof Writes>(path: K, body: Writes[K]): Promise<Answer<{ readonly done: string }>> =>
  ask(`/admin/api/${path}`, {
    method: 'POST',
    headers: { 'Content-Type': 'application/json', 'X-Pairpixel': '1' },
    body: JSON.stringify(body),
  })

async function ask<T>(address: string, options?: RequestInit): Promise<Answer<T>> {
  try {
    const response = await fetch(address, options)
    const body = (await response.json().catch(() => undefined)) as unknown
    if (response.ok) return { ok: true, value: body as T }
    const message = (body as ApiError | undefined)?.error?.message ?? `The collector answered ${response.status}.`
    return { ok: false, status: response.status, message }
  } catch {
    return { ok: false, status: 0, message: 'The collector cannot be reached. It may be stopped or starting again.' }
  }
}
