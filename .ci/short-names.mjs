// Short names for the browser files. A minifier names each function's variables anew, so one thing is called `e` here
// and `t` there; a compressor pays for each difference. Here a name of the source has one letter in all files, as far
// as scopes allow, and which letter was found by trying (.ci/find-names.mjs, kept in short-names.json).
import { readFileSync } from 'node:fs'
import { parse } from 'acorn'
import { analyze } from 'eslint-scope'

/**
 * `members`: own members, which never leave the script, each with a letter of its own: the core and its features are
 * built apart and meet in the page. `variables`: the letter that variables of a name would like.
 */
export const readLetters = () => JSON.parse(readFileSync(new URL('short-names.json', import.meta.url), 'utf8'))

/** In the order in which they are given out where a wish cannot be granted. */
export const letters = [...'lansiurcoAewfpPNmTyCLbdMUvDRBhOgSkEt_IFGHJKVWXYZjqxzQ$']
const spares = letters.flatMap((first) => letters.map((second) => first + second))
const isTaken = (name) => ['do', 'if', 'in', 'as', 'of'].includes(name)
const allNames = [...letters, ...spares.filter((name) => !isTaken(name))]

const childrenOf = (node) =>
  Object.values(node)
    .flat()
    .filter((value) => typeof value?.type === 'string')

/** Nodes whose parent decides how their name is written, and places that are members. */
function* placesIn(node, members) {
  if (node.type === 'Property' && node.shorthand) {
    const { start, end, name } = node.key
    yield { start, end, name, form: (short, members) => [members[name] ?? name, short] }
    // A default value is the pattern's own part.
    if (node.value.type === 'AssignmentPattern') yield* placesIn(node.value.right, members)
    return
  }
  if (node.type === 'ExportSpecifier') {
    const { start, name } = node.local
    yield { start, end: node.end, name, form: (short) => [short, node.exported.name], word: ' as ' }
    return
  }
  const member = node.type === 'MemberExpression' ? node.property : node.type === 'Property' ? node.key : undefined
  if (member?.type === 'Identifier' && !node.computed && Object.hasOwn(members, member.name))
    yield { start: member.start, end: member.end, member: member.name }
  for (const child of childrenOf(node)) yield* placesIn(child, members)
}

/** All variables that lie in a scope of the script's own, with their places in the code and whom they could hide. */
export function scan(code, module, members) {
  const ast = parse(code, { ecmaVersion: 2022, sourceType: module ? 'module' : 'script', ranges: true })
  const manager = analyze(ast, { ecmaVersion: 2022, sourceType: module ? 'module' : 'script' })
  const forms = new Map([...placesIn(ast, members)].map((place) => [place.start, place]))
  const variables = manager.scopes
    .filter(({ type }) => type !== 'global')
    .flatMap((scope) => scope.variables)
    .filter(({ identifiers }) => identifiers[0])
  const at = new Map(variables.map((variable, index) => [variable, index]))
  const rivals = variables.map(() => new Set())
  const places = new Map([...forms].filter(([, { member }]) => member))
  variables.forEach((variable, index) => {
    const found = [...variable.identifiers, ...variable.references.map(({ identifier }) => identifier)]
    for (const { range } of found)
      places.set(range[0], { start: range[0], end: range[1], ...forms.get(range[0]), index })
    // Whatever lies in a scope between a use and the variable would be meant instead.
    const scopes = new Set([variable.scope])
    for (const { from } of variable.references)
      for (let scope = from; scope && scope !== variable.scope; scope = scope.upper) scopes.add(scope)
    for (const scope of scopes)
      for (const other of scope.variables)
        if (other !== variable && at.has(other)) {
          rivals[index].add(at.get(other))
          rivals[at.get(other)].add(index)
        }
  })
  const ordered = [...places.values()].toSorted((a, b) => a.start - b.start)
  const between = ordered.map(({ start }, index) => code.slice(index ? ordered[index - 1].end : 0, start))
  return {
    names: variables.map(({ name }) => name),
    // Those that stand most often choose first.
    order: variables.map((_, index) => index).toSorted((a, b) => usesOf(variables[b]) - usesOf(variables[a]) || a - b),
    rivals,
    foreign: new Set(manager.globalScope.through.map(({ identifier }) => identifier.name)),
    ordered,
    between,
    rest: code.slice(ordered.at(-1)?.end ?? 0),
  }
}
const usesOf = ({ references, identifiers }) => references.length + identifiers.length

/** Each variable's short name: the wish for its name, or else the first that hides nobody. */
export function giveNames({ names, order, rivals, foreign }, wishes) {
  const given = []
  for (const index of order) {
    const used = new Set(foreign)
    for (const rival of rivals[index]) used.add(given[rival])
    const wish = wishes[names[index]]
    given[index] = wish && !used.has(wish) ? wish : allNames.find((name) => !used.has(name))
  }
  return given
}

/** The code with these names. */
export const rename = ({ ordered, between, rest }, given, members) =>
  ordered
    .map(({ index, member, form, word = ':' }, place) => {
      if (member) return between[place] + members[member]
      const [before, after] = form?.(given[index], members) ?? []
      return between[place] + (before === after ? given[index] : before + word + after)
    })
    .join('') + rest

/** The step of the build: after all else has been made short. @param module whether its top belongs to it alone */
export const shortNames = (module) => ({
  name: 'short-names',
  renderChunk(code) {
    const { members, variables } = readLetters()
    const scanned = scan(code, module, members)
    return rename(scanned, giveNames(scanned, variables), members)
  },
})
