/** Obviously no real one. */
export const adminToken = `pp_admin_${'fake'.repeat(10)}`

const own = { 'x-pairpixel': '1', 'content-type': 'application/json' }

/** Logs in at a running dashboard; asks and posts in that session. */
export async function logInAt(adminUrl: string, token = adminToken) {
  const origin = new URL(adminUrl).origin
  const post = (path: string, body: unknown, headers: Readonly<Record<string, string>> = {}) =>
    fetch(`${origin}/admin/api/${path}`, {
      method: 'POST',
      headers: { ...own, ...headers },
      body: JSON.stringify(body),
    })
  const answer = await post('login', { token })
  const cookie = answer.headers.get('set-cookie')?.split(';')[0]
  if (!answer.ok || cookie === undefined) throw new Error(`the login was refused: ${answer.status}`)
  return {
    cookie,
    get: (path: string): Promise<Response> => fetch(`${origin}/admin/api/${path}`, { headers: { cookie } }),
    post: (path: string, body: unknown): Promise<Response> => post(path, body, { cookie }),
  }
}
