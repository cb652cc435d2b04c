import { chromium } from './chromium.ts'
import { testIn } from './tables.ts'

testIn(chromium, 0)
