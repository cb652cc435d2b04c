import { serve } from './serve.ts'

// The core alone: what else a site uses, the collector joins to it.
serve([])
