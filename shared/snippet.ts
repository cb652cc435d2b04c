/** What a page pastes: calls made before the script has loaded wait in `pairpixel.q`. */
export const stub = 'window.pairpixel=window.pairpixel||function(){(pairpixel.q=pairpixel.q||[]).push(arguments)};'

const escapeAttribute = (text: string): string => text.replace(/[&"<>]/g, (letter) => `&#${letter.charCodeAt(0)};`)

/** The lines to paste into the page's head. `src` is the script's address, with `?site=` where settings are served. */
export const snippet = (src: string, attributes: Readonly<Record<string, string>> = {}): string => {
  const more = Object.entries(attributes).map(([name, value]) => ` ${name}="${escapeAttribute(value)}"`)
  return `<script>${stub}</script>
<script async src="${escapeAttribute(src)}"${more.join('')} data-pairpixel></script>`
}
