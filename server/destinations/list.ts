// The platforms we forward to. A new one is a folder and a line here (docs/adding-a-destination.md).
export { meta } from './meta/index.ts'
export { reddit } from './reddit/index.ts'
export { snapchat } from './snapchat/index.ts'
