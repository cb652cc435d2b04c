import type { Denial, Flight } from '../rules.ts'

/** As numbers in the file. What flies and what was lost are one: the process that knows them apart is the file's owner. */
const denials = [undefined, 'consent_denied', 'erased'] as const
export const denialAt = (code: number): Denial | undefined => denials[code]
export const denialCode = (denied: Denial | undefined): number => denials.indexOf(denied)

const flights = ['none', 'lost', 'agreed'] as const
export const flightAt = (code: number): Flight => flights[code] ?? 'lost'
export const flightCode = (flight: Flight): number => flights.indexOf(flight === 'flying' ? 'lost' : flight)
