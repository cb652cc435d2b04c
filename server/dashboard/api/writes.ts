import type { Response, Router } from 'express'
import type { DashboardDeps, Done } from '../deps.ts'
import type { Writes } from '../shapes.ts'
import { notPossible, refuse } from './answer.ts'
import { readChange, type Change } from './body.ts'
import { jsonBody } from './login.ts'

type Audit = (what: string, about: Readonly<Record<string, unknown>>) => void

/** Of these fields the log is told; never of a token. */
const told = ['instance', 'site', 'enabled', 'event', 'event_id', 'group', 'forced', 'reason'] as const
const toldOfAlerts = ['rule', 'subject', 'until', 'what', 'platform', 'on'] as const

const aboutOf = (given: object): Record<string, unknown> =>
  Object.fromEntries(
    [...told, ...toldOfAlerts].flatMap((field) => (field in given ? [[field, given[field as never]]] : [])),
  )

/** Every change of the API, by its path; each is told to the log with what came of it. */
export function addWrites(router: Router, { control = {}, alerts }: DashboardDeps, audit: Audit): void {
  const add = <K extends Change>(change: K, work: ((given: Writes[K]) => Promise<Done>) | undefined) =>
    router.post(`/${change}`, jsonBody, async (request, response) => {
      const given = readChange(change, request.body)
      if ('fault' in given) return refuse(response, { status: 400, code: 'BODY_WRONG_SHAPE', message: given.fault })
      if (!work) return refuse(response, notPossible('This cannot be done at this collector.'))
      const came = await work(given)
      audit(change, { ...aboutOf(given), result: 'done' in came ? 'done' : 'refused' })
      answer(response, came)
    })
  add('switch', control.switch)
  add('probe', control.probe)
  add('token', control.token)
  add('resend', control.resend)
  add('replay', control.replay)
  add('discard', control.discard)
  add('break', control.break)
  add('mute', alerts && (({ rule, subject, until }) => alerts.mute(rule, subject, until)))
  add('testAlert', alerts && (() => alerts.test()))
}

const answer = (response: Response, came: Done): void => {
  if ('done' in came) response.json({ done: came.done })
  else refuse(response, notPossible(came.refused))
}
