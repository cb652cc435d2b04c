// What the tests need beside npm packages: the built pixel, and a few programs from Debian. Installs what is missing
// when it runs as root, and names it in one sentence when it cannot. It never skips silently.
import { execFileSync, spawnSync } from 'node:child_process'
import { accessSync, constants } from 'node:fs'
import path from 'node:path'

/** Program → Debian package. */
const programs = {
  chromium: 'chromium',
  'firefox-esr': 'firefox-esr',
  WebKitWebDriver: 'webkit2gtk-driver',
  'xvfb-run': 'xvfb',
  xauth: 'xauth', // xvfb-run does nothing without it
  openssl: 'openssl', // a certificate for the platforms' host names
  'redis-server': 'redis-server',
  strace: 'strace',
}

const onPath = (name) =>
  [...(process.env.PATH ?? '').split(path.delimiter), '/usr/bin', '/usr/local/bin'].some((folder) => {
    try {
      accessSync(path.join(folder, name), constants.X_OK)
      return true
    } catch {
      return false
    }
  })

const missing = Object.entries(programs).flatMap(([program, pack]) => (onPath(program) ? [] : [pack]))
if (missing.length) {
  const apt = (...args) =>
    spawnSync('apt-get', args, { stdio: 'inherit', env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive' } })
      .status === 0
  const installed =
    process.getuid?.() === 0 &&
    onPath('apt-get') &&
    apt('update', '-q') &&
    apt('install', '-qy', '--no-install-recommends', ...missing)
  if (!installed) {
    console.error(
      `The tests need these Debian packages, which are missing and could not be installed: ${missing.join(', ')}.`,
    )
    process.exit(1)
  }
}
execFileSync(process.execPath, ['.ci/build-browser.mjs'], { stdio: 'inherit' })
