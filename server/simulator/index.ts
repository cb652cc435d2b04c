import express, { type Request, type Router } from 'express'
import { createApiRoutes } from './api-routes.ts'
import { parseJson } from './check.ts'
import { readText } from './http.ts'
import { createMeta } from './meta.ts'
import { createModeSwitch, type Mode, type ModeSwitch } from './modes.ts'
import { parseMode } from './parse-mode.ts'
import { createPixelRoutes } from './pixel-routes.ts'
import type { Account, Hit, Platform, PlatformName } from './platform.ts'
import { createRateMeter, type RateMeter } from './rates.ts'
import { createRecord, type PlatformRecord, type SimulatorState } from './record.ts'
import { createReddit } from './reddit.ts'
import { createSnapchat } from './snapchat.ts'

export type { Counted } from './counted.ts'
export type { Mode, ModeName } from './modes.ts'
export type { Account, Hit, PlatformName, ServerEvent } from './platform.ts'
export type { Refused, SimulatorState } from './record.ts'

export interface SimulatorOptions {
  readonly meta: Account
  readonly reddit: Account
  readonly snapchat: Account
  readonly now: () => number
}

export interface Simulator {
  state(): SimulatorState
  /** Forgets everything and goes back to `ok`. */
  reset(): void
  setMode(mode: Mode): void
}

export interface Simulators extends Readonly<Record<PlatformName, Simulator>> {
  /** All three platforms, their pixels and the controls. Mount it before anything that reads bodies. */
  readonly router: Router
}

interface Part extends Simulator {
  readonly record: PlatformRecord
  readonly modes: ModeSwitch
  readonly meter: RateMeter
  readonly platform: Platform
}

/** Fake Meta, Reddit and Snapchat behind one origin: server API, stand-in pixel, and what each would count. */
export function createSimulators(options: SimulatorOptions): Simulators {
  const parts: Readonly<Record<PlatformName, Part>> = {
    meta: createPart(createMeta(options.meta), options.meta),
    reddit: createPart(createReddit(options.reddit), options.reddit),
    snapchat: createPart(createSnapchat(options.snapchat), options.snapchat),
  }
  const router = express.Router()
  for (const part of Object.values(parts)) router.use(createApiRoutes(part, options.now))
  const onHit = (platform: PlatformName, hit: Hit): void =>
    parts[platform].record.hit(hit, parts[platform].modes.current())
  router.use(createPixelRoutes(onHit, options.now))
  router.use('/simulator', createControls(parts))
  return { router, ...parts }
}

function createPart(platform: Platform, { pixelId }: Account): Part {
  const record = createRecord(platform, pixelId)
  const modes = createModeSwitch()
  const meter = createRateMeter()
  const setMode = (mode: Mode): void => {
    modes.set(mode)
    meter.reset()
  }
  return {
    platform,
    record,
    modes,
    meter,
    state: () => record.state(),
    setMode,
    reset() {
      record.reset()
      setMode({ mode: 'ok' })
    },
  }
}

function createControls(parts: Readonly<Record<PlatformName, Part>>): Router {
  const router = express.Router()
  const find = (request: Request): Part | undefined => {
    const name = String(request.params['platform'])
    return Object.entries(parts).find(([key]) => key === name)?.[1]
  }
  router.get('/:platform/state', (request, response, next) => {
    const part = find(request)
    if (part) response.json({ ...part.state(), mode: part.modes.current() })
    else next()
  })
  router.post('/:platform/mode', express.raw({ type: () => true }), (request, response, next) => {
    const part = find(request)
    if (!part) return next()
    const mode = parseMode(parseJson(readText(request)), part.platform.name)
    if (typeof mode === 'string') return void response.status(400).json({ error: mode })
    part.setMode(mode)
    response.json(part.modes.current())
  })
  router.post('/:platform/reset', (request, response, next) => {
    const part = find(request)
    if (!part) return next()
    part.reset()
    response.status(204).end()
  })
  return router
}
