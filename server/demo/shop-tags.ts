import { Html, html, inScript } from './html.ts'

export interface ShopPixel {
  readonly id: string
  /** Address of the platform's library. */
  readonly script: string
}

export interface ShopPixels {
  readonly meta: ShopPixel
  readonly reddit: ShopPixel
  readonly snapchat: ShopPixel
}

/**
 * The three base snippets as a site has them: a stub that queues until the library is live, init, and a page view
 * without an ID. Per platform: the stub's queue, the library's live method, and what else the protocol wants.
 */
const baseSnippets = (pixels: ShopPixels): Html =>
  html`<script>
    ;(function () {
      function stub(name, queue, live) {
        if (window[name]) return window[name]
        var call = (window[name] = function () {
          if (call[live]) call[live].apply(call, arguments)
          else call[queue].push(arguments)
        })
        call[queue] = []
        return call
      }
      function load(src) {
        var script = document.createElement('script')
        script.async = true
        script.src = src
        document.head.appendChild(script)
      }
      var pixels = ${inScript(pixels)}
      var fbq = stub('fbq', 'queue', 'callMethod')
      if (!window._fbq) window._fbq = fbq
      fbq.push = fbq
      fbq.loaded = true
      fbq.version = '2.0'
      load(pixels.meta.script)
      fbq('init', pixels.meta.id)
      fbq('track', 'PageView')
      var rdt = stub('rdt', 'callQueue', 'sendEvent')
      load(pixels.reddit.script)
      rdt('init', pixels.reddit.id)
      rdt('track', 'PageVisit')
      var snaptr = stub('snaptr', 'queue', 'handleRequest')
      load(pixels.snapchat.script)
      snaptr('init', pixels.snapchat.id, {})
      snaptr('track', 'PAGE_VIEW')
    })()
  </script>`

/** One call of `pairpixel`: its arguments. */
export type PixelCall = readonly [command: string, ...rest: unknown[]]

/** What stands in the head of every page: the platforms' snippets, then one Pairpixel tag with its stub. */
export const headTags = (pixels: ShopPixels, scriptPath: string): Html =>
  html`${baseSnippets(pixels)}
    <script>
      window.pairpixel =
        window.pairpixel ||
        function () {
          ;(pairpixel.q = pairpixel.q || []).push(arguments)
        }
    </script>
    <script async src="${scriptPath}" data-pairpixel></script>`

/** The page's own calls. Early ones wait in the stub. */
export const callsScript = (calls: readonly PixelCall[]): Html | undefined =>
  calls.length
    ? html`<script>
        ${calls.map((call) => new Html(`pairpixel(${call.map((part) => inScript(part).text).join(', ')})\n`))}
      </script>`
    : undefined

/** Buttons that name an event in `data-track` tell of it when pressed; a form they belong to is sent as always. */
export const buttonsScript = html`<script>
  document.addEventListener('click', function (event) {
    var button = event.target.closest('[data-track]')
    if (!button) return
    pairpixel('track', button.dataset.track, JSON.parse(button.dataset.props))
    if (button.dataset.done) button.textContent = button.dataset.done
  })
</script>`
