import { serve } from './serve.ts'
import debug from './features/debug.ts'
import { usual } from './usual.ts'

// The core with the usual features, and with the way to see what it does. The core first: so it compresses best.
serve([debug, ...usual])
