import { killRow } from '../kill/row.ts'

export default killRow('redis', 300)
