import { html } from './html.ts'
import type { Html } from './html.ts'
import { buttonsScript, callsScript, headTags } from './shop-tags.ts'
import type { PixelCall, ShopPixels } from './shop-tags.ts'

export interface Frame {
  readonly pixels: ShopPixels
  readonly scriptPath: string
  /** Where the events are to be seen. */
  readonly liveUrl?: string
}

export interface Page {
  readonly title: string
  readonly body: Html
  readonly calls?: readonly PixelCall[]
  readonly cartCount: number
}

/** A whole page of the shop, from doctype to end. */
export const shopPage = (frame: Frame, { title, body, calls = [], cartCount }: Page): string =>
  html`<!doctype html>
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <title>${title} · Leaf &amp; Tide</title>
        <link rel="icon" href="data:," />
        <link rel="stylesheet" href="/shop.css" />
        ${headTags(frame.pixels, frame.scriptPath)}
      </head>
      <body>
        <header>
          <a class="name" href="/">Leaf <i>&amp;</i> Tide</a>
          <form action="/search" role="search">
            <input type="search" name="q" aria-label="Search the shop" placeholder="Search teas" maxlength="100" />
          </form>
          <nav>
            <a href="/newsletter">Newsletter</a>
            <a href="/cart">Cart${cartCount > 0 && html` <b>${cartCount}</b>`}</a>
          </nav>
        </header>
        <main>${body}</main>
        <footer>
          A demo shop: nothing is sold, nothing leaves this machine.
          ${frame.liveUrl && html`<a href="${frame.liveUrl}" target="pairpixel-live">See its events live</a>`}
        </footer>
        ${callsScript(calls)} ${buttonsScript}
      </body>
    </html> `.text
