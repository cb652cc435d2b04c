import { openStore } from '../../server/store/index.ts'
import { storeModel } from './model.ts'

storeModel('memory', () => openStore('memory:'), 100)
