import { createAccess, digestOf, type Access } from '../../server/dashboard/access/index.ts'
import { ask, type Answer } from './server.ts'
import { noon } from './make-rows.ts'

/** Obviously no real one. */
export const fakeAdminToken = `pp_admin_${'fake'.repeat(10)}`

/** The login of a dashboard in a test. */
export const anAccess = (change: Partial<Parameters<typeof createAccess>[0]> = {}): Access =>
  createAccess({ digest: digestOf(fakeAdminToken), now: () => noon, ...change })

/** Headers a page's own post has. */
export const ownPost = { 'x-pairpixel': '1', 'content-type': 'application/json' }

export const post = (url: string, body: unknown, headers: Record<string, string> = {}): Promise<Answer> =>
  ask(url, { method: 'POST', headers: { ...ownPost, ...headers }, body: JSON.stringify(body) })

/** Logs in as the page does; the `Cookie` header of the session. */
export async function logIn(origin: string, token = fakeAdminToken): Promise<{ readonly cookie: string }> {
  const answer = await post(`${origin}/admin/api/login`, { token })
  const [line = ''] = answer.headers['set-cookie'] ?? []
  if (answer.status !== 200 || !line) throw new Error(`the login was refused: ${answer.status} ${answer.body}`)
  return { cookie: line.split(';')[0]! }
}
