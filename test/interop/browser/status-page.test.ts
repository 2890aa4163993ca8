import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { type Browser, chromium, type Page } from "playwright-core";
import { afterAll, beforeAll, expect, test } from "vitest";
import { BIRD_AS, Bird } from "../harness/bird.ts";
import { cleanUp } from "../harness/clean-up.ts";
import { bgp, bmp, neighbor, SERVER_AS, session } from "../harness/configuration.ts";
import { eventually } from "../harness/eventually.ts";
import type { NetconfClient } from "../harness/netconf-client.ts";
import { neighborState, sessionState } from "../harness/operational-state.ts";
import { BIRD_V4, COLLECTOR_V4, COLLECTOR_V6, enterPrivateNetwork } from "../harness/private-network.ts";
import { RecordingSink } from "../harness/recording-sink.ts";
import { ServerProcess } from "../harness/server-process.ts";

/** The status page of a server with a real neighbour, in Debian's Chromium. */
enterPrivateNetwork();
afterAll(cleanUp);

/** Kept after the tests; not in git. */
const artifacts = join(import.meta.dirname, "../../../artifacts");

const CHROMIUM = {
  executablePath: "/usr/bin/chromium",
  // The tests run as root, for whom Chromium has no sandbox; and it has nobody to talk to.
  args: [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
  ],
};

let server: ServerProcess;
let client: NetconfClient;
let sink: RecordingSink;
let bird: Bird;
let browser: Browser;
let origin: string;

beforeAll(async () => {
  mkdirSync(artifacts, { recursive: true });
  server = await ServerProcess.start({ args: ["--metrics", "127.0.0.1:0"] });
  origin = `http://${server.readyLine.metrics[0]}`;
  client = await server.connect();
  sink = await RecordingSink.listen(COLLECTOR_V4);
  bird = new Bird(SERVER_AS, ["198.51.100.0/24", "203.0.113.0/24"]);
  await bird.start();
  const down = session(COLLECTOR_V6, { alias: "&lt;i&gt;noc", "tcp-md5": "s3cret", description: "in the cellar" });
  await client.configure(bgp(neighbor(BIRD_V4, BIRD_AS)) + bmp(session(COLLECTOR_V4), down));
  await eventually("collector up", async () => (await sessionState(client, COLLECTOR_V4))?.["oper-state"] === "up");
  await eventually("neighbour up", async () => (await neighborState(client, BIRD_V4))?.["fsm-state"] === "established");
  browser = await chromium.launch(CHROMIUM);
});

afterAll(async () => {
  await browser?.close();
  await sink?.close();
  await bird?.stop();
  await server?.stop();
});

/** What the browser complains of: errors of scripts, and whatever the policy forbids. */
async function open(page: Page, problems: string[]): Promise<void> {
  page.on("pageerror", (error) => problems.push(String(error)));
  page.on("console", (message) => {
    if (message.type() === "error" || message.type() === "warning") problems.push(message.text());
  });
  await page.goto(`${origin}/`);
}

const row = (page: Page, address: string) => page.getByRole("row").filter({ hasText: address }).first();

test.each([
  { name: "phone", width: 390, height: 844 },
  { name: "desktop", width: 1280, height: 900 },
])("the status page is right at the width of a $name, light and dark", async ({ name, width, height }) => {
  for (const colorScheme of ["light", "dark"] as const) {
    const problems: string[] = [];
    const page = await browser.newPage({ viewport: { width, height }, colorScheme });
    await open(page, problems);
    await row(page, COLLECTOR_V4).getByText("up", { exact: true }).waitFor();
    // Two points make a plot: one of this page, one of the scrape above or of the next look.
    await page.locator("svg polyline").waitFor();
    const widths = await page.evaluate(() => [document.documentElement.scrollWidth, window.innerWidth] as const);
    expect([name, colorScheme, widths[0] <= widths[1]]).toEqual([name, colorScheme, true]);
    expect([name, colorScheme, await page.evaluate(lowContrasts)]).toEqual([name, colorScheme, []]);
    expect(await row(page, COLLECTOR_V6).textContent()).toContain("<i>noc");
    const headers = await page.getByRole("table").first().getByRole("columnheader").allTextContents();
    expect(headers.slice(0, 3)).toEqual(["Collector", "State", "Since"]);
    await page.screenshot({ path: join(artifacts, `status-${name}-${colorScheme}.png`), fullPage: true });
    await page.close();
    expect(problems).toEqual([]);
  }
});

test("nothing is wider than the window, however wide that is", async () => {
  const page = await browser.newPage();
  await page.goto(`${origin}/`);
  await row(page, COLLECTOR_V6).getByText("no connection within 10 s").waitFor({ timeout: 30_000 });
  for (const width of [320, 600, 960, 961, 1024]) {
    await page.setViewportSize({ width, height: 700 });
    expect([width, await page.evaluate(() => document.documentElement.scrollWidth <= innerWidth)]).toEqual([
      width,
      true,
    ]);
  }
  await page.close();
});

/** In the page: texts whose contrast with what is behind them is less than WCAG 2 asks for (1.4.3: 4.5). */
function lowContrasts(): string[] {
  const luminance = (color: string): number => {
    const [r = 0, g = 0, b = 0] = (color.match(/[\d.]+/g) ?? []).map((part) => {
      const value = Number(part) / 255;
      return value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4;
    });
    return 0.2126 * r + 0.7152 * g + 0.0722 * b;
  };
  const back = luminance(getComputedStyle(document.body).backgroundColor);
  const found: string[] = [];
  for (const element of document.querySelectorAll("main *")) {
    const hasText = [...element.childNodes].some(
      (node) => node.nodeType === 3 && (node.textContent ?? "").trim() !== "",
    );
    if (!hasText) continue;
    const front = luminance(getComputedStyle(element).color);
    const contrast = (Math.max(front, back) + 0.05) / (Math.min(front, back) + 0.05);
    if (contrast < 4.5) found.push(`${element.tagName} ${element.className} ${contrast.toFixed(2)}`);
  }
  return found;
}

test("a change of state shows on an open page by itself, and a selection stays", async () => {
  const problems: string[] = [];
  const page = await browser.newPage();
  await open(page, problems);
  const state = row(page, COLLECTOR_V4).locator(".state");
  expect(await state.textContent()).toBe("up");
  await state.evaluate((element) => {
    element.setAttribute("data-kept", "yes");
    getSelection()?.selectAllChildren(document.querySelector("h1") as Element);
  });
  await client.configure(bmp(session(COLLECTOR_V4, { enabled: false })));
  await row(page, COLLECTOR_V4).getByText("disabled", { exact: true }).waitFor({ timeout: 15_000 });
  expect(await page.evaluate(() => getSelection()?.toString())).toContain("bmpconfd on");
  await page
    .getByText(`set /bmp/bmp-session[vpn-instance='_public_'][address='${COLLECTOR_V4}'][alias='']/enabled = false`)
    .waitFor();
  expect(problems).toEqual([]);
  await client.configure(bmp(session(COLLECTOR_V4, { enabled: true })));
  await row(page, COLLECTOR_V4).getByText("up", { exact: true }).waitFor({ timeout: 15_000 });
  await page.close();
});

test("without scripts the page says the same, and is loaded again", async () => {
  const context = await browser.newContext({ javaScriptEnabled: false });
  const page = await context.newPage();
  await page.goto(`${origin}/`);
  await row(page, COLLECTOR_V4).getByText("up", { exact: true }).waitFor();
  const first = await page.locator("header p").textContent();
  await eventually("loaded again", async () => (await page.locator("header p").textContent()) !== first);
  await context.close();
});

test("no secret and no free text is on the page, and what is odd in the configuration is shown as text", async () => {
  for (const path of ["/", "/status.json", "/metrics"]) {
    const response = await fetch(`${origin}${path}`);
    const text = await response.text();
    expect([path, response.status, text.includes(COLLECTOR_V6)]).toEqual([path, 200, true]);
    expect(text).not.toMatch(/s3cret|in the cellar|operator/);
  }
  const { commits } = (await (await fetch(`${origin}/status.json`)).json()) as { commits: { kind: string }[] };
  expect(commits.map(({ kind }) => kind)).toEqual(["commit", "commit", "commit"]);
});

test("an open page says when the server does not answer", async () => {
  const other = await ServerProcess.start({ args: ["--metrics", "127.0.0.1:0"], bgp: ["127.0.0.1:0"] });
  const page = await browser.newPage();
  await page.goto(`http://${other.readyLine.metrics[0]}/`);
  await other.stop();
  const notice = page.getByRole("status");
  await eventually("notice", async () => (await notice.textContent()) !== "");
  expect(await notice.textContent()).toBe("The server does not answer. What is shown may be out of date.");
  await page.close();
});
