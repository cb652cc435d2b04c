/** The shop's looks: its own, so that nobody takes it for the dashboard. */
export const shopStyle = `
:root { color-scheme: light dark; --ground: #faf7f1; --card: #fff; --ink: #2a2620; --quiet: #6d6558; --line: #e6dfd2; --tea: #8a4b1f; --on-tea: #fff }
@media (prefers-color-scheme: dark) {
  :root { --ground: #191613; --card: #221e1a; --ink: #f1ebe1; --quiet: #aaa093; --line: #38322b; --tea: #e2a368; --on-tea: #191613 }
}
* { box-sizing: border-box }
body { margin: 0; background: var(--ground); color: var(--ink); font: 16px/1.55 system-ui, -apple-system, 'Segoe UI', Roboto, Arial, sans-serif }
body > * { max-width: 980px; margin: 0 auto; padding: 20px }
header { display: flex; flex-wrap: wrap; align-items: center; gap: 12px 24px }
h1, .name { font-family: Georgia, 'Times New Roman', serif; font-weight: 500; letter-spacing: -0.01em }
.name { font-size: 24px; color: inherit; text-decoration: none }
.name i { color: var(--tea) }
header form { flex: 1 1 180px }
nav { display: flex; gap: 18px }
nav a { color: inherit }
nav b { padding: 1px 8px; border-radius: 99px; background: var(--tea); color: var(--on-tea); font-size: 13px }
a { color: var(--tea); text-underline-offset: 3px }
h1 { margin: 24px 0 18px; font-size: 36px; line-height: 1.15; overflow-wrap: anywhere }
aside { padding: 12px 18px; border: 1px solid var(--line); border-radius: 12px; background: var(--card) }
.grid { display: grid; grid-template-columns: repeat(auto-fill, minmax(240px, 1fr)); gap: 18px; margin: 0; padding: 0; list-style: none }
.grid a { display: grid; grid-template-columns: 1fr auto; gap: 10px; overflow: hidden; height: 100%; padding-bottom: 14px; border: 1px solid var(--line); border-radius: 14px; background: var(--card); color: inherit; text-decoration: none; transition: transform 0.15s }
.grid a:hover { transform: translateY(-2px) }
.grid svg { grid-column: 1 / -1 }
.grid span { padding-left: 16px }
.grid b { padding-right: 16px; font-weight: 600 }
.cup { display: block; width: 100%; color: var(--card) }
.product { display: grid; grid-template-columns: repeat(auto-fit, minmax(min(100%, 300px), 1fr)); gap: 36px; align-items: center }
.product .cup { border-radius: 16px }
.product h1 { margin: 4px 0 8px }
small, .hint, footer { color: var(--quiet); font-size: 14px }
.price { font-size: 22px; font-weight: 600 }
form { display: flex; flex-wrap: wrap; align-items: center; gap: 10px }
button, .button { padding: 10px 20px; border: 1px solid var(--tea); border-radius: 10px; background: var(--tea); color: var(--on-tea); font: inherit; font-weight: 600; text-decoration: none; cursor: pointer }
.quiet { background: none; color: var(--tea) }
:focus-visible { outline: 2px solid var(--tea); outline-offset: 2px }
input { width: 100%; padding: 9px 12px; border: 1px solid var(--line); border-radius: 10px; background: var(--card); color: inherit; font: inherit }
.fields { display: grid; grid-template-columns: repeat(auto-fit, minmax(min(100%, 220px), 1fr)); gap: 14px; margin-top: 24px }
.fields button { grid-column: 1 / -1; justify-self: start }
label { display: grid; gap: 4px; color: var(--quiet); font-size: 14px }
table { width: 100%; max-width: 520px; margin-bottom: 20px; border-collapse: collapse }
th, td { padding: 9px 0; border-bottom: 1px solid var(--line); font-weight: 400; text-align: left }
td { text-align: right }
.total > * { border: 0; font-weight: 600 }
.hint { flex: 1 1 100%; margin: 0 }
pre { padding: 16px; border: 1px solid var(--line); border-radius: 12px; background: var(--card); white-space: pre-wrap; overflow-wrap: anywhere }
footer { padding-block: 40px }
`
