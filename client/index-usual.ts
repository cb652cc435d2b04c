import { serve } from './serve.ts'
import { usual } from './usual.ts'

// The core with the usual features.
serve(usual)
