import { readFileSync } from "node:fs";
import { type Browser, chromium, type Page } from "playwright-core";
import { afterAll, beforeAll, expect, onTestFinished, test } from "vitest";
import { PackageServer } from "./package-server.ts";

/** The package in a web page, by its browser entry and without a bundler, in Debian's Chromium. */
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

let browser: Browser;
let server: PackageServer;

beforeAll(async () => {
  server = await PackageServer.start();
  browser = await chromium.launch(CHROMIUM);
});

afterAll(async () => {
  await browser?.close();
  await server?.stop();
});

/** The example of the package, when it is ready. A script that fails, or a file that is missing, fails the test. */
async function openExample(): Promise<Page> {
  const page = await browser.newPage();
  const failures: string[] = [];
  page.on("pageerror", (error) => failures.push(String(error)));
  page.on("response", (response) => {
    if (!response.ok()) failures.push(`${response.status()} ${response.url()}`);
  });
  onTestFinished(async () => {
    await page.close();
    expect(failures).toEqual([]);
  });
  await page.goto(`${server.origin}/examples/browser/index.html`);
  await page.locator("#check:enabled").waitFor();
  return page;
}

async function check(page: Page, xml: string): Promise<string | null> {
  await page.locator("#xml").fill(xml);
  await page.locator("#check").click();
  return page.locator("#result").textContent();
}

const INTERFACES = "urn:ietf:params:xml:ns:yang:ietf-interfaces";

test("a page loads modules, parses, validates and prints", async () => {
  const page = await openExample();
  expect(await page.locator("#result").textContent()).toBe("libyang 3.12.2 is ready.");
  await page.locator("#check").click();
  expect(await page.locator("#result").textContent()).toBe(`{
  "ietf-interfaces:interfaces": {
    "interface": [
      {
        "name": "eth0",
        "type": "iana-if-type:ethernetCsmacd",
        "enabled": true,
        "ietf-ip:ipv4": {
          "enabled": true,
          "forwarding": false,
          "address": [
            {
              "ip": "192.0.2.1",
              "prefix-length": 24
            }
          ]
        }
      }
    ]
  }
}
`);
});

test("a page reports what is wrong", async () => {
  const page = await openExample();
  expect(
    await check(page, `<interfaces xmlns="${INTERFACES}"><interface><name>é🍎</name></interface></interfaces>`),
  ).toBe(`/ietf-interfaces:interfaces/interface[name='é🍎']: Mandatory node "type" instance does not exist.`);
  expect(await check(page, `<interfaces xmlns="${INTERFACES}">\n<interfac/></interfaces>`)).toBe(
    `/ietf-interfaces:interfaces: Node "interfac" not found as a child of "interfaces" node.`,
  );
});

test("the page's entry is the one that package.json names, and no file of Node.js is fetched", async () => {
  await openExample();
  const { exports } = JSON.parse(readFileSync(new URL("../../package.json", import.meta.url), "utf8"));
  const entry = exports["."].default.default.slice(1);
  expect(entry).toBe("/dist/browser.js");
  const scripts = server.served.filter((path) => path.endsWith(".js"));
  expect(scripts).toContain(entry);
  for (const script of scripts) {
    const text = readFileSync(new URL(`../..${script}`, import.meta.url), "utf8");
    expect([script, /from "node:|\b(?:Buffer|process)\./.exec(text)]).toEqual([script, null]);
  }
});

test("a worker has an instance of its own", async () => {
  const page = await openExample();
  const result = await page.evaluate(
    ([entry, namespace]) => {
      const source = `
        import { Libyang, loadLibyangModule, fetchPackagedYangModules } from "${entry}";
        const importModule = await fetchPackagedYangModules();
        const libyang = Libyang.instantiate(await loadLibyangModule(), { importModule });
        const context = libyang.createContext();
        context.loadModule("ietf-interfaces");
        const data = context.parseData('<interfaces xmlns="${namespace}"/>');
        context.validate(data, { noState: true });
        const text = data.print({ format: "xml", keepEmptyContainers: true });
        context.dispose();
        postMessage(text + " " + libyang.liveOwners + " " + libyang.liveContexts);
      `;
      const url = URL.createObjectURL(new Blob([source], { type: "text/javascript" }));
      const worker = new Worker(url, { type: "module" });
      return new Promise<string>((resolve, reject) => {
        worker.onmessage = ({ data }) => resolve(String(data));
        worker.onerror = ({ message }) => reject(new Error(message));
      });
    },
    [`${server.origin}/dist/browser.js`, INTERFACES] as const,
  );
  expect(result).toBe(`<interfaces xmlns="${INTERFACES}"/> 0 0`);
});
