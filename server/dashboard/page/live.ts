import { read, write } from './api.ts'
import { takeToken } from './route.ts'
import { openFrame } from './frame.ts'
import { showLogin } from './views/login.ts'

/** Logged in: the views. Else the login, and the address one came for is kept for afterwards. */
async function start() {
  const token = takeToken()
  const me = await read('me')
  if (me.ok && me.value.loggedIn) return openFrame(me.value.demo, start)
  if (me.ok && token !== undefined && (await write('login', { token })).ok) return start()
  showLogin(me.ok || me.status === 401 ? undefined : me.message, start)
}

await start()
