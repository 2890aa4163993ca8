/** For light and dark, for a phone (where a row of a table is a block) and a desk. Text has a contrast of 4.5 or more. */
export const PAGE_STYLE = `
:root { color-scheme: light dark; --back: #ffffff; --text: #1b1f24; --quiet: #57606a; --line: #d0d7de; --plot: #0b5cad;
  --good: #116329; --busy: #7a4d00; --bad: #a81c14; --raised: #f6f8fa; }
@media (prefers-color-scheme: dark) { :root { --back: #0f1419; --text: #e6e9ed; --quiet: #9aa4af; --line: #30363d;
  --plot: #6cb6ff; --good: #5ad17f; --busy: #f0b450; --bad: #ff8a80; --raised: #171d24; } }
* { box-sizing: border-box; }
body { margin: 0 auto; padding: 1rem; max-width: 80rem; background: var(--back); color: var(--text);
  font: 15px/1.45 system-ui, sans-serif; overflow-wrap: anywhere; }
h1 { font-size: 1.35rem; margin: 0; }
h2 { font-size: 1.1rem; margin: 1.75rem 0 .5rem; }
p, ul { margin: .25rem 0; }
ul { padding-left: 1.2rem; }
small, .quiet, caption, figcaption { color: var(--quiet); font-size: .85rem; }
code { font: .85rem/1.4 ui-monospace, monospace; }
#notice { color: var(--bad); font-weight: 600; }
figure { margin: 0; }
svg { display: block; width: 100%; height: 6rem; background: var(--raised); border-bottom: 1px solid var(--line); }
.line { fill: none; stroke: var(--plot); stroke-width: 2; vector-effect: non-scaling-stroke; }
.area { fill: var(--plot); opacity: .18; }
table { border-collapse: collapse; width: 100%; }
caption { text-align: left; padding-bottom: .25rem; }
th, td { text-align: left; vertical-align: top; padding: .35rem .75rem .35rem 0; border-bottom: 1px solid var(--line); }
thead th { color: var(--quiet); font-weight: 600; font-size: .85rem; }
tbody th { font-weight: 600; }
thead th, .number { white-space: nowrap; }
.number { text-align: right; font-variant-numeric: tabular-nums; }
.pair { display: block; }
time, .state { white-space: nowrap; }
.state { font-weight: 600; }
.state::before { content: "\\25cf\\a0"; }
.good { color: var(--good); }
.busy { color: var(--busy); }
.busy::before { content: "\\25d0\\a0"; }
.bad { color: var(--bad); }
.bad::before { content: "\\25b2\\a0"; }
.off { color: var(--quiet); }
.off::before { content: "\\25cb\\a0"; }
.commit { border-bottom: 1px solid var(--line); padding: .35rem 0; }
@media (max-width: 60rem) {
  thead { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); }
  table, caption, tbody, tr, tbody th, td { display: block; }
  tr { padding: .5rem 0; border-bottom: 1px solid var(--line); }
  tbody th, td, .number { border: 0; padding: .1rem 0; text-align: left; }
  tbody td, tbody .number { position: relative; padding-left: 7.25rem; min-height: 1.45em; }
  td::before { content: attr(data-title); position: absolute; left: 0; color: var(--quiet); font-size: .85rem; }
  td:empty { display: none; }
}
`;
