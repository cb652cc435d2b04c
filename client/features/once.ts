import type { Feature } from '../kit.ts'
import { wasFired } from '../memory/fired-orders.ts'

/** A purchase fires the platforms' pixels once, however often its page is loaded again. */
const once: Feature = (kit) => {
  kit.wasFired = ({ event, event_id: id }) => event === 'purchase' && wasFired(id)
}

export default once
