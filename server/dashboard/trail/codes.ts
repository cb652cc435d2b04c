import type { Settlement } from '../../store/store.ts'

type Answer = NonNullable<NonNullable<Settlement['explanation']>['answer']>

const number = (text: string, name: string): string | undefined =>
  new RegExp(`"${name}"\\s*:\\s*"?(-?\\d{1,9})`).exec(text)?.[1]

/**
 * A short code for what a platform answered: its own number where it gives one, else the status; what the connection said
 * where no answer came. @param why the settlement's words
 */
export function codeOf(answer: Answer | undefined, why: string): string {
  if (!answer) return /^No answer: ([A-Z0-9_]{1,40})/.exec(why)?.[1] ?? 'no answer'
  const [code, subcode] = [number(answer.words, 'code'), number(answer.words, 'error_subcode')]
  if (code !== undefined && code !== String(answer.status)) return subcode === undefined ? code : `${code}/${subcode}`
  const first = /"codes"\s*:\s*\[\s*"?(\d{1,9})/.exec(answer.words)?.[1]
  return first ?? `HTTP ${answer.status}`
}
