import { withOurNames } from '../capture/aliases.ts'
import type { Feature } from '../kit.ts'

/** What the data layer and attributes share: it is joined once for both. */
const ourNames: Feature = (kit) => {
  kit.ourProps = withOurNames
}

export default ourNames
