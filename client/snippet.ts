export { snippet, stub } from '../shared/snippet.ts'
