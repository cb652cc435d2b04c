/** The little of jsdom that the shop's tests use; it ships no types of its own. */
declare module 'jsdom' {
  export class JSDOM {
    constructor(page: string, options?: { readonly runScripts?: 'dangerously'; readonly url?: string })
    readonly window: Window & typeof globalThis
  }
}
