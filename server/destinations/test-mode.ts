import type { InstanceSettings } from './destination.ts'

/** The settings as they hold at this time: past `test_until` nothing is a test any more. */
export function settingsAt<Settings extends InstanceSettings>(settings: Settings, now: number): Settings {
  if (settings.test_until === undefined || now < settings.test_until) return settings
  const { test_event_code: _code, test_id: _id, test_mode: _mode, ...live } = settings
  return live as Settings
}

/** Something marks what is sent as a test. */
export const isTest = ({ test_event_code: code, test_id: id, test_mode: mode }: InstanceSettings): boolean =>
  code !== undefined || id !== undefined || mode === true
