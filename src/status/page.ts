import { createHash } from "node:crypto";
import type { HttpContent } from "../observe/http-listener.ts";
import {
  type Column,
  count,
  FEED_COLUMNS,
  NEIGHBOR_COLUMNS,
  ROUTER_COLUMNS,
  SESSION_COLUMNS,
  shortened,
  when,
} from "./columns.ts";
import type { Difference } from "./differences.ts";
import { Html, html } from "./html.ts";
import { statusLimits } from "./limits.ts";
import { PAGE_SCRIPT } from "./page-script.ts";
import { PAGE_STYLE } from "./page-style.ts";
import { ratePlot } from "./plot.ts";
import type { ShownCommit } from "./recent-commits.ts";
import type { ShownList, StatusDocument } from "./status.ts";

/** Seconds after which a page without scripts is loaded again. */
const RELOAD_S = 10;

const hashOf = (text: string): string => `'sha256-${createHash("sha256").update(text).digest("base64")}'`;

/** Nothing but this style and this script, and what the script fetches from here. */
const CONTENT_SECURITY_POLICY = [
  "default-src 'none'",
  `style-src ${hashOf(PAGE_STYLE)}`,
  `script-src ${hashOf(PAGE_SCRIPT)}`,
  "connect-src 'self'",
  // The icon, which is empty.
  "img-src data:",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join("; ");

/** The status page. All that it needs is in it. */
export function statusPage(status: StatusDocument): HttpContent {
  const headers = {
    "Content-Type": "text/html; charset=utf-8",
    "Content-Security-Policy": CONTENT_SECURITY_POLICY,
  };
  return { headers, body: pageOf(status).text };
}

/** The same for programs. */
export function statusJson(status: StatusDocument): HttpContent {
  return { headers: { "Content-Type": "application/json" }, body: `${JSON.stringify(status)}\n` };
}

const pageOf = (status: StatusDocument): Html => html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>bmpconfd on ${status.host}</title>
<link rel="icon" href="data:,">
<noscript><meta http-equiv="refresh" content="${RELOAD_S}"></noscript>
<style>${new Html(PAGE_STYLE)}</style>
</head>
<body>
<p id="notice" role="status"></p>
<main>
<header>
<h1>bmpconfd on ${status.host}</h1>
<p class="quiet">${status.product}, started ${when(status.startTime)} · as of ${when(status.time)} UTC · NETCONF sessions: ${count(status.netconfSessions)}</p>
</header>
<section aria-labelledby="rate">
<h2 id="rate">BMP messages per second</h2>
${ratePlot(status.messageRate, Date.parse(status.time), statusLimits.statusPlotS)}
</section>
${listSection("sessions", "BMP sessions", status.sessions, SESSION_COLUMNS)}
${listSection("neighbors", "BGP neighbours", status.neighbors, NEIGHBOR_COLUMNS)}
${status.feeds?.total === 0 ? "" : listSection("feeds", "MRT feeds", status.feeds, FEED_COLUMNS)}
${status.routers?.total === 0 ? "" : listSection("routers", "Relayed routers", status.routers, ROUTER_COLUMNS)}
<section aria-labelledby="commits">
<h2 id="commits">Last commits</h2>
${status.commits === undefined ? noAnswer("The datastores do") : commitsOf(status.commits)}
</section>
</main>
<script>${new Html(PAGE_SCRIPT)}</script>
</body>
</html>
`;

const noAnswer = (who: string): Html => html`<p class="state bad">${who} not answer. The server's log says why.</p>`;

function listSection<E>(
  id: string,
  title: string,
  list: ShownList<E> | undefined,
  columns: readonly Column<E>[],
): Html {
  return html`<section aria-labelledby="${id}">
<h2 id="${id}">${title}</h2>
${list === undefined ? noAnswer("The monitoring plane does") : list.total === 0 ? html`<p class="quiet">None is configured.</p>` : tableOf(title, list, columns)}
</section>`;
}

/** Roles are told, as a table that is laid out in blocks is none any more for some. */
function tableOf<E>(title: string, { total, states, entries }: ShownList<E>, columns: readonly Column<E>[]): Html {
  const counts = Object.entries(states).map(([state, number]) => `${count(number)} ${state}`);
  const missing = total - entries.length;
  return html`<table role="table">
<caption>${title}: ${count(total)} in all, ${counts.join(", ")}.${missing === 0 ? "" : ` ${count(missing)} are not shown; /metrics has all.`}</caption>
<thead role="rowgroup"><tr role="row">${columns.map(
    ({ title: name, isNumber }) => html`<th scope="col" role="columnheader"${classOf(isNumber)}>${name}</th>`,
  )}</tr></thead>
<tbody role="rowgroup">
${entries.map((entry) => rowOf(entry, columns))}</tbody>
</table>`;
}

function rowOf<E>(entry: E, [first, ...others]: readonly Column<E>[]): Html {
  const cells = others.map(
    ({ title, isNumber, cell }) => html`<td role="cell" data-title="${title}"${classOf(isNumber)}>${cell(entry)}</td>`,
  );
  return html`<tr role="row"><th scope="row" role="rowheader">${first?.cell(entry)}</th>${cells}</tr>
`;
}

const classOf = (isNumber = false): Html => new Html(isNumber ? ' class="number"' : "");

const commitsOf = (commits: readonly ShownCommit[]): Html =>
  commits.length === 0 ? html`<p class="quiet">None yet.</p>` : html`${commits.map(commitOf)}`;

const commitOf = ({ id, time, kind, differences, more }: ShownCommit): Html => html`<article class="commit">
<p><strong>${count(id)}</strong> ${kind} <small>${when(time)}</small></p>
${differences === undefined ? html`<p class="quiet">What it changed is not shown: it is too large, or not for everybody.</p>` : html`<ul>${differences.map(differenceItem)}</ul>`}
${more === 0 ? "" : html`<p class="quiet">and ${count(more)} more</p>`}
</article>
`;

const differenceItem = ({ operation, path, value }: Difference): Html =>
  html`<li><code>${operation} ${shortened(path)}${value === undefined ? "" : ` = ${shortened(value)}`}</code></li>`;
