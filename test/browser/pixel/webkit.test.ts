import { tables, testIn } from './tables.ts'
import { webkit } from './webkit.ts'

testIn(webkit, 0, tables)
