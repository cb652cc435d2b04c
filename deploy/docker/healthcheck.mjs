// Is the process alive? Without a shell and without curl: the image has neither to spare.
const { PAIRPIXEL_LISTEN = '0.0.0.0:8787' } = process.env
const port = PAIRPIXEL_LISTEN.slice(PAIRPIXEL_LISTEN.lastIndexOf(':') + 1)
const answer = await globalThis.fetch(`http://127.0.0.1:${port}/healthz`).catch(() => undefined)
process.exit(answer?.ok ? 0 : 1)
