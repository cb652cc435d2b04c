import type { Finding } from './destinations/destination.ts'
import type { SiteInstance } from './site.ts'

/** What looks wrong about a destination in its site, which the platform's own rules cannot see. */
export const siteFindings = ({ no_server_keys: isDeaf }: SiteInstance): readonly Finding[] =>
  isDeaf
    ? [
        {
          level: 'wrong',
          field: 'require_server_copy',
          message:
            'require_server_copy waits for your back end, which cannot tell of anything: the site has no server_keys.',
          fix: 'Set server_keys and let your back end post to /v1/events, or take require_server_copy out.',
          guide: 'unhealthy',
        },
      ]
    : []
