import { firefox } from './firefox.ts'
import { testIn } from './tables.ts'

testIn(firefox, 1)
