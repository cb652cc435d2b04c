/** A name of this machine. */
export const isLoopbackHost = (host: string): boolean =>
  /^(localhost|.+\.localhost|\[?::1\]?|127(\.\d+){3})$/.test(host.toLowerCase())
