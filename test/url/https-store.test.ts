import { readFileSync } from "node:fs";
import type { IncomingMessage, ServerResponse } from "node:http";
import { createServer } from "node:https";
import type { AddressInfo } from "node:net";
import { text } from "node:stream/consumers";
import { beforeEach, expect, onTestFinished, test } from "vitest";
import type { UrlLimits } from "../../src/url/limits.ts";
import { UrlStores } from "../../src/url/url-stores.ts";
import { refusalOf } from "../refusal.ts";

const pem = (name: string) => readFileSync(new URL(name, import.meta.url), "utf8");
const certificate = pem("./localhost.crt");

interface Seen {
  readonly method: string | undefined;
  readonly path: string | undefined;
  readonly authorization: string | undefined;
}

let base: string;
let seen: Seen[];
let documents: Map<string, string>;
/** Takes the place of what the server does. */
let instead: ((request: IncomingMessage, response: ServerResponse) => void) | undefined;

beforeEach(async () => {
  seen = [];
  documents = new Map();
  instead = undefined;
  const server = createServer({ key: pem("./localhost.key"), cert: certificate }, (request, response) => {
    const { method, url: path = "", headers } = request;
    seen.push({ method, path, authorization: headers.authorization });
    if (instead !== undefined) instead(request, response);
    else void serve(method, path, request, response);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  base = `https://localhost:${(server.address() as AddressInfo).port}`;
});

async function serve(method: string | undefined, path: string, request: IncomingMessage, response: ServerResponse) {
  const body = await text(request);
  const known = documents.get(path);
  if (method === "PUT") documents.set(path, body);
  else if (known === undefined) response.statusCode = 404;
  else if (method === "DELETE") documents.delete(path);
  response.end(method === "GET" ? known : undefined);
}

const storesWith = (limits: Partial<UrlLimits> = {}, authorities: string | undefined = certificate) =>
  new UrlStores({ schemes: ["file", "https"], filesFolder: "/nowhere", authorities, limits });

async function* pieces(...texts: readonly string[]): AsyncIterable<Uint8Array> {
  for (const text of texts) yield Buffer.from(text);
}

test("PUT writes, GET reads, DELETE removes", async () => {
  const stores = storesWith();
  await stores.write(`${base}/a.xml`, pieces("<a", "/>"));
  expect(documents.get("/a.xml")).toBe("<a/>");
  expect(Buffer.from(await stores.read(`${base}/a.xml`)).toString()).toBe("<a/>");
  await stores.remove(`${base}/a.xml`);
  expect(documents.size).toBe(0);
  expect(seen.map(({ method }) => method)).toEqual(["PUT", "GET", "DELETE"]);
});

test("user and password go into a header, and into no message", async () => {
  const url = base.replace("//", "//us%40r:p%3Aw@");
  expect(await refusalOf(storesWith().read(`${url}/a`))).toEqual([
    { type: "application", tag: "data-missing", message: `There is no ${base}/a: the server answers 404.` },
  ]);
  expect(seen).toEqual([{ method: "GET", path: "/a", authorization: `Basic ${btoa("us@r:p:w")}` }]);
});

test("a redirection is not followed", async () => {
  instead = (_, response) => response.writeHead(302, { location: `${base}/b` }).end();
  expect(await refusalOf(storesWith().read(`${base}/a`))).toMatchObject([
    { tag: "operation-failed", message: expect.stringContaining("status 302. Redirections are not followed") },
  ]);
  expect(seen).toHaveLength(1);
});

test("a server that answers before it has all is heard", async () => {
  instead = (_, response) => response.writeHead(507).end();
  async function* endless() {
    for (;;) yield Buffer.alloc(65_536);
  }
  expect(await refusalOf(storesWith().write(`${base}/a`, endless()))).toMatchObject([
    { tag: "operation-failed", message: `The server of ${base}/a answers PUT with status 507.` },
  ]);
});

test("a server that says nothing, or does not end, is given up", async () => {
  for (const silent of [() => {}, (_: unknown, response: ServerResponse) => void response.write("<a>")]) {
    instead = silent;
    expect(await refusalOf(storesWith({ httpsMs: 200 }).read(`${base}/a`))).toMatchObject([
      { tag: "operation-failed", message: expect.stringContaining("no answer within 200 ms") },
    ]);
  }
});

test("what is too long is neither taken nor sent", async () => {
  documents.set("/a", "123456789");
  const stores = storesWith({ urlBytes: 8 });
  expect(await refusalOf(stores.read(`${base}/a`))).toMatchObject([{ tag: "resource-denied" }]);
  expect(await refusalOf(stores.write(`${base}/b`, pieces("1234", "56789")))).toMatchObject([
    { tag: "resource-denied" },
  ]);
  expect(documents.has("/b")).toBe(false);
});

test("a server that nobody vouches for, or that is not there, is not trusted with anything", async () => {
  expect(await refusalOf(new UrlStores({ schemes: ["https"], filesFolder: "/" }).read(`${base}/a`))).toMatchObject([
    { tag: "operation-failed", message: expect.stringContaining("self-signed certificate") },
  ]);
  expect(await refusalOf(storesWith().read(base.replace("localhost", "127.0.0.1")))).toMatchObject([
    { message: expect.stringContaining("altnames") },
  ]);
  expect(seen).toEqual([]);
  expect(await refusalOf(storesWith().read("https://localhost:1/a"))).toMatchObject([
    { message: expect.stringContaining("Check host, port and certificate.") },
  ]);
});
