import { killRow } from '../kill/row.ts'

export default killRow('sqlite', 2000)
