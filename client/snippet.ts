/** What a page pastes: calls made before the script has loaded wait in `pairpixel.q`. */
export const stub = 'window.pairpixel=window.pairpixel||function(){(pairpixel.q=pairpixel.q||[]).push(arguments)};'

const escapeAttribute = (text: string): string => text.replace(/[&"<>]/g, (letter) => `&#${letter.charCodeAt(0)};`)

/** The lines to paste into the page's head. `src` is the script's address, with `?site=` where settings are served. */
export const snippet = (src: string): string => `<script>${stub}</script>
<script async src="${escapeAttribute(src)}" data-pairpixel></script>`
