/** The overlay's own look, behind its shadow root: the page's styles stay out, ours stay in. */
export const style = `
:host {
  all: initial !important;
  position: fixed !important;
  z-index: 2147483647 !important;
  display: block !important;
  width: min(27rem, calc(100vw - 1rem)) !important;
}
:host([data-at^='bottom']) { bottom: 0.5rem !important; }
:host([data-at^='top']) { top: 0.5rem !important; }
:host([data-at$='right']) { right: 0.5rem !important; }
:host([data-at$='left']) { left: 0.5rem !important; }
.panel {
  --paper: #fff; --ink: #1c2330; --quiet: #5d6675; --rule: #dfe3ea; --soft: #f4f6f9; --link: #1f5fbf;
  --good: #17703c; --good-soft: #e4f4ea; --bad: #b3261e; --bad-soft: #fdecea; --note: #85590a; --note-soft: #fbf1dc;
  box-sizing: border-box; display: flex; flex-direction: column; max-height: min(70vh, 44rem); overflow: hidden;
  border: 1px solid var(--rule); border-radius: 12px; background: var(--paper); color: var(--ink);
  box-shadow: 0 10px 40px rgb(10 20 40 / 28%); color-scheme: light;
  font: 13px/1.45 system-ui, -apple-system, 'Segoe UI', Roboto, sans-serif; text-align: left;
}
@media (prefers-color-scheme: dark) {
  .panel {
    --paper: #161b24; --ink: #e6eaf1; --quiet: #9aa5b6; --rule: #303948; --soft: #1f2632; --link: #8db8ff;
    --good: #71d394; --good-soft: #16321f; --bad: #ff9a92; --bad-soft: #411f1d; --note: #eec06a; --note-soft: #392d14;
    color-scheme: dark; box-shadow: 0 10px 40px rgb(0 0 0 / 60%);
  }
}
.head { display: flex; align-items: center; gap: 8px; padding: 8px 8px 8px 14px; }
.body:not([hidden]) { border-top: 1px solid var(--rule); overflow: auto; overscroll-behavior: contain; padding-bottom: 10px; }
.name { font-weight: 700; }
.space { flex: 1; }
.status, .mark { border-radius: 99px; padding: 1px 8px; white-space: nowrap; font-size: 12px; background: var(--soft); }
button {
  min-width: 34px; height: 34px; padding: 0 9px; border: 0; border-radius: 8px; background: none; color: var(--quiet);
  font: inherit; cursor: pointer;
}
button:hover { background: var(--soft); color: var(--ink); }
:focus-visible { outline: 2px solid var(--link); outline-offset: -2px; }
h2 {
  margin: 14px 14px 4px; color: var(--quiet); font-size: 11px; font-weight: 600; letter-spacing: 0.06em;
  text-transform: uppercase;
}
.finding { margin: 8px 10px 0; padding: 7px 10px; border-radius: 8px; overflow-wrap: anywhere; }
.finding.bad { background: var(--bad-soft); }
.finding.note { background: var(--note-soft); }
dl { margin: 0 14px; }
.row { display: grid; grid-template-columns: 7.5rem 1fr; gap: 8px; padding: 3px 0; }
dt { color: var(--quiet); }
dd { margin: 0; overflow-wrap: anywhere; }
p.none { margin: 0 14px; color: var(--quiet); }
details { margin: 0 10px; border-radius: 8px; }
details[open] { background: var(--soft); padding-bottom: 6px; }
details dl { margin: 0 8px; }
summary { padding: 7px 8px; border-radius: 8px; cursor: pointer; list-style: none; }
summary::-webkit-details-marker { display: none; }
summary:hover { background: var(--soft); }
.what { display: flex; gap: 8px; font-weight: 600; overflow-wrap: anywhere; }
.what::before { content: '▸'; flex: none; color: var(--quiet); font-weight: 400; }
details[open] .what::before { content: '▾'; }
.aside { margin-left: auto; white-space: nowrap; color: var(--quiet); font-weight: 400; font-variant-numeric: tabular-nums; }
.marks { display: flex; flex-wrap: wrap; gap: 4px; margin: 4px 0 0 1.2em; }
.mark.good, .status.good { color: var(--good); background: var(--good-soft); }
.mark.bad, .status.bad { color: var(--bad); background: var(--bad-soft); }
.mark.note { color: var(--note); background: var(--note-soft); }
.mark.quiet { color: var(--quiet); }
details[open] .mark { background: var(--paper); }
dd.good { color: var(--good); }
dd.bad { color: var(--bad); }
dd.note { color: var(--note); }
dd.quiet { color: var(--quiet); }
@media (max-width: 30rem) {
  .panel { max-height: 60vh; font-size: 14px; }
  .row { grid-template-columns: 6.5rem 1fr; }
  button { min-width: 44px; height: 44px; }
}
`
