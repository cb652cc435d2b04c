import type { AlertDeps } from '../dashboard/index.ts'
import type { AlertView } from '../dashboard/shapes.ts'

/** As much of the alerts as the dashboard asks of them. */
export interface AlertSource {
  state(): Promise<{
    readonly rules: readonly {
      readonly rule: string
      readonly title: string
      readonly isOn: boolean
      readonly mutedUntil?: number
      readonly conditions: readonly {
        readonly subject: string
        readonly since: number
        readonly message: string
        readonly fix?: string
      }[]
    }[]
  }>
  /** Undefined lets it speak again. */
  mute(rule: never, until: number | undefined): Promise<void>
  test(): Promise<readonly { readonly webhook: string; readonly posted: string; readonly why: string }[]>
}

/** The alerts as the dashboard shows and handles them: a line for each condition, one for each rule that is quiet. */
export function alertDeps(source: AlertSource, now: () => number): AlertDeps {
  return {
    async list() {
      const { rules } = await source.state()
      return rules
        .filter(({ isOn }) => isOn)
        .flatMap(({ rule, title, mutedUntil, conditions }): AlertView[] => {
          const muted = mutedUntil === undefined ? {} : { mutedUntil }
          if (!conditions.length) return [{ rule, subject: '', firing: false, words: `${title}: nothing.`, ...muted }]
          return conditions.map(({ subject, since, message, fix }) => ({
            ...{ rule, subject, firing: true, since },
            words: [message, fix].filter(Boolean).join(' '),
            ...muted,
          }))
        })
    },
    async mute(rule, _subject, until) {
      const { rules } = await source.state()
      if (!rules.some((one) => one.rule === rule)) return { refused: 'There is no such rule.' }
      const isOver = until <= now()
      // Looked up above: it is one of the source's own names.
      await source.mute(rule as never, isOver ? undefined : until)
      return { done: isOver ? 'It speaks again.' : 'It is quiet until then.' }
    },
    async test() {
      const results = await source.test()
      if (!results.length) return { refused: 'No webhook is set: put one into alerts.webhook of the settings.' }
      const failed = results.filter(({ posted }) => posted !== 'taken')
      if (!failed.length) return { done: `${results.map(({ webhook }) => webhook).join(', ')} took the test message.` }
      return { refused: failed.map(({ webhook, why }) => `${webhook} did not take it: ${why}.`).join(' ') }
    },
  }
}
