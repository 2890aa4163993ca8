import { createHash } from "node:crypto";
import { expect, test } from "vitest";
import type { FeedState, NeighborState, RouterState, SessionState } from "../../src/observe/plane-state.ts";
import { statusLimits } from "../../src/status/limits.ts";
import { statusJson, statusPage } from "../../src/status/page.ts";
import type { StatusDocument } from "../../src/status/status.ts";
import { PLANE_STATE } from "../observe/server-state.ts";

const sessions = PLANE_STATE["bmpconfd-bmp:bmp"]["bmp-session"] as readonly SessionState[];
const neighbors = PLANE_STATE["bmpconfd-bgp:bgp"].neighbor as readonly NeighborState[];
const feeds = PLANE_STATE["bmpconfd-mrt:mrt"].feed as readonly FeedState[];
const routers = PLANE_STATE["bmpconfd-relay:relay"].router as readonly RouterState[];

const DOCUMENT: StatusDocument = {
  product: "bmpconfd 0.1.0",
  host: "r1<script>alert(1)</script>",
  time: "2026-11-25T22:40:00.000Z",
  startTime: "2026-11-25T20:00:00.000Z",
  netconfSessions: 3,
  sessions: { total: 1002, states: { up: 1000, disabled: 2 }, entries: sessions },
  neighbors: { total: 2, states: { established: 1, active: 1 }, entries: neighbors },
  feeds: { total: 1, states: { done: 1 }, entries: feeds },
  routers: { total: 1, states: { connected: 1 }, entries: routers },
  messageRate: [
    { timeMs: Date.parse("2026-11-25T22:35:00Z"), perSecond: 10 },
    { timeMs: Date.parse("2026-11-25T22:40:00Z"), perSecond: 2.5 },
  ],
  commits: [
    {
      id: 7,
      time: "2026-11-25T22:30:00Z",
      kind: "commit",
      differences: [{ operation: "set", path: "/bmp/bmp-session[alias='<b>']/port", value: "5000" }],
      more: 3,
    },
    { id: 6, time: "2026-11-25T22:29:00Z", kind: "revert", differences: undefined, more: 0 },
  ],
};

/** The text of the page, without tags, style and script. */
const textOf = (page: string): string =>
  page
    .replace(/<(style|script)>[\s\S]*?<\/\1>/g, "")
    .replace(/<[^>]*>/g, " ")
    .replace(/\s+/g, " ");

test("the page tells of sessions, neighbours, the rate and commits", () => {
  const text = textOf(statusPage(DOCUMENT).body);
  for (const part of [
    "bmpconfd 0.1.0, started 2026-11-25 20:00:00 · as of 2026-11-25 22:40:00 UTC · NETCONF sessions: 3",
    "2.5 per second now, 10 per second at most in the last 10 minutes",
    "BMP sessions: 1,002 in all, 1,000 up, 2 disabled. 1,000 are not shown; /metrics has all.",
    "2001:db8::1 up 2026-11-25 22:30:00 102 12.3 GB 3 B 4 1 connection reset &lt;by peer&gt; 2026-11-25 22:29:00",
    "192.0.2.7 a &quot;b&quot;\\ in red disabled administrative",
    "BGP neighbours: 2 in all, 1 established, 1 active.",
    "192.0.2.1 established 2026-11-25 22:30:00 1,000,000 ipv4-unicast 5 ipv6-unicast 9 4",
    "MRT feeds: 1 in all, 1 done. Feed State Read Of Records Routes Last error ris done 1 kB 2 kB 50 40 record 3: cut off",
    "Relayed routers: 1 in all, 1 connected. Router State Since Peers Routes Received Last error 192.0.2.8 connected 2026-11-25 22:30:00 3 700 5 kB",
    "7 commit 2026-11-25 22:30:00 set /bmp/bmp-session[alias=&#39;&lt;b&gt;&#39;]/port = 5000 and 3 more",
    "6 revert 2026-11-25 22:29:00 What it changed is not shown: it is too large, or not for everybody.",
  ])
    expect(text).toContain(part);
});

test("what comes from outside is escaped", () => {
  const { body } = statusPage(DOCUMENT);
  expect(body).toContain("<h1>bmpconfd on r1&lt;script&gt;alert(1)&lt;/script&gt;</h1>");
  expect(body.match(/<script/g)).toHaveLength(1);
});

test("the policy lets nothing in but the page's own style and script", () => {
  const { headers, body } = statusPage(DOCUMENT);
  const hash = (tag: string) => {
    const text = new RegExp(`<${tag}>([\\s\\S]*?)</${tag}>`).exec(body)?.[1] ?? "";
    return `'sha256-${createHash("sha256").update(text).digest("base64")}'`;
  };
  expect(headers["Content-Security-Policy"]).toBe(
    `default-src 'none'; style-src ${hash("style")}; script-src ${hash("script")}; connect-src 'self'; img-src data:; ` +
      "base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
  );
  expect(body).not.toMatch(/\son[a-z]+=|\sstyle=|<link rel="stylesheet"|<form|<a /);
  expect(body.match(/(?:src|href)="[^"]*"/g)).toEqual(['href="data:,"']);
});

test("every column of a row has the title that a phone shows", () => {
  const { body } = statusPage(DOCUMENT);
  const titles = [...body.matchAll(/<th scope="col"[^>]*>([^<]*)<\/th>/g)].map(([, title]) => title);
  const told = [...body.matchAll(/<td [^>]*data-title="([^"]*)"/g)].map(([, title]) => title);
  expect(new Set(told)).toEqual(
    new Set(titles.filter((title) => !["Collector", "Neighbour", "Feed", "Router"].includes(title ?? ""))),
  );
});

test("parts that do not answer, and lists without entries, are told", () => {
  const none = textOf(
    statusPage({ ...DOCUMENT, sessions: undefined, neighbors: { total: 0, states: {}, entries: [] }, messageRate: [] })
      .body,
  );
  expect(none).toContain("BMP sessions The monitoring plane does not answer. The server's log says why.");
  expect(none).toContain("BGP neighbours None is configured.");
  expect(none).toContain("Nothing measured yet.");
  expect(textOf(statusPage({ ...DOCUMENT, commits: undefined }).body)).toContain("The datastores do not answer.");
  expect(textOf(statusPage({ ...DOCUMENT, commits: [] }).body)).toContain("Last commits None yet.");
});

test("long texts are cut", () => {
  const long = `${"x".repeat(statusLimits.statusTextCharacters - 2)}🍎🍎🍎`;
  const entry = { ...sessions[0], state: { "last-error": long } } as SessionState;
  const { body } = statusPage({ ...DOCUMENT, sessions: { total: 1, states: { unknown: 1 }, entries: [entry] } });
  expect(body).toContain(`${"x".repeat(statusLimits.statusTextCharacters - 2)}🍎…`);
  expect(body).not.toContain("🍎🍎");
});

test("the same is there as JSON", () => {
  const { headers, body } = statusJson(DOCUMENT);
  expect(headers["Content-Type"]).toBe("application/json");
  expect(JSON.parse(body)).toEqual(JSON.parse(JSON.stringify(DOCUMENT)));
});
