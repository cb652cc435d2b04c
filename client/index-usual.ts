import debug from './features/debug.ts'
import { serve } from './serve.ts'
import { usual } from './usual.ts'

// The core with the usual features, and with the way to see what it does.
serve([debug, ...usual])
