import { openStore } from '../../server/store/index.ts'
import { storeContract } from './contract.ts'

storeContract('memory', () => openStore('memory:'))
