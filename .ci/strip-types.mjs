import ts from 'typescript'

const compilerOptions = { target: ts.ScriptTarget.ES2020, module: ts.ModuleKind.ESNext, verbatimModuleSyntax: true }

/** TypeScript as the browsers of 2020 read it. Types are checked by `npm run types`, once for all builds. */
export const stripTypes = {
  name: 'strip-types',
  transform: (code, id) =>
    id.endsWith('.ts') ? { code: ts.transpileModule(code, { compilerOptions }).outputText, map: null } : null,
}
