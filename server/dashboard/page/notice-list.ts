import { el } from './dom.ts'
import type { Notice } from './rows.ts'

/** What there is to see to in a destination's settings. @param name said before each, where no card says it */
export const noticeList = (notices: readonly Notice[], name?: string): HTMLElement =>
  el(
    'ul',
    { class: 'notices', 'aria-label': 'Settings to see to' },
    ...notices.map(({ level, message, fix }) =>
      el(
        'li',
        { class: level },
        name !== undefined && el('b', {}, `${name}: `),
        message,
        fix !== undefined && ` ${fix}`,
      ),
    ),
  )
