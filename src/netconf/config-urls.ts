import type { ConfigStream, DatastoreName, InlineConfig } from "../datastore/datastores.ts";
import { invalidValue, operationNotSupported } from "../errors/constructors.ts";
import { type ErrorPath, RpcError } from "../errors/rpc-error.ts";
import { standalone } from "../xml/element.ts";
import { parseRoot } from "../xml/envelope.ts";
import { NETCONF_BASE } from "../xml/netconf-namespace.ts";
import { XmlError } from "../xml/xml-error.ts";
import type { DefaultsMode } from "../yang/defaults-mode.ts";
import type { OperationContext } from "./operation.ts";
import type { UrlReference } from "./operation-input.ts";
import { requestPath } from "./parameter-errors.ts";
import { inTurns } from "./turns.ts";
import { WITH_DEFAULTS } from "./with-defaults.ts";

/** Around the children of a datastore. */
const START = Buffer.from(`<?xml version="1.0" encoding="UTF-8"?>\n<config xmlns="${NETCONF_BASE}">`);
const END = Buffer.from("</config>\n");

/** A source with the document in place of the URL that names it; `path` leads to the URL. Rejects with `RpcError`. */
export async function readSource(
  context: OperationContext,
  source: DatastoreName | InlineConfig | UrlReference,
  path: ErrorPath,
): Promise<DatastoreName | InlineConfig> {
  return typeof source === "string" ? source : inlineConfig(context, source, path);
}

/** The same of what is no datastore. */
export async function inlineConfig(
  { urls }: OperationContext,
  source: InlineConfig | UrlReference,
  path: ErrorPath,
): Promise<InlineConfig> {
  if ("config" in source) return source;
  return about(path, async () => ({ config: await configIn(await urls.read(source.url)) }));
}

/** Writes what a source holds, as RFC 6241 section 8.8 wants it read: below `<config>`. */
export async function writeUrl(
  { session, datastores, urls }: OperationContext,
  source: DatastoreName | InlineConfig | UrlReference,
  { url }: UrlReference,
  withDefaults: DefaultsMode | undefined,
): Promise<void> {
  const path = requestPath("copy-config", "source", "url");
  if (typeof source !== "string" && "url" in source) {
    // RFC 6241 section 7.3.
    if (source.url === url)
      throw invalidValue("The source and the target are the same URL; name two different ones.", { path });
    throw operationNotSupported("The source and the target are both a URL; copy by way of a datastore.", { path });
  }
  if (typeof source !== "string" && withDefaults !== undefined) {
    const message = "What is sent is written as it is, without <with-defaults>; leave it out, or copy a datastore.";
    throw operationNotSupported(message, {
      path: requestPath("copy-config", { namespace: WITH_DEFAULTS, name: "with-defaults" }),
    });
  }
  const content =
    typeof source === "string"
      ? document(contentOf(await datastores.getConfig(session, source, undefined, withDefaults)))
      : inline(source);
  await about(requestPath("copy-config", "target", "url"), () => urls.write(url, content));
}

/** Does what concerns the URL at `path`, and says so when it is refused. */
export async function about<T>(path: ErrorPath, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (!(error instanceof RpcError)) throw error;
    throw new RpcError(
      error.entries.map((entry) => ({ path, ...entry })),
      { cause: error.cause },
    );
  }
}

async function configIn(document: Uint8Array): Promise<string> {
  const root = await rootOf(document);
  if (root.namespace === NETCONF_BASE && root.name === "config") return standalone(root);
  throw invalidValue(`The document begins with <${root.qualifiedName}>; it has to be <config> of "${NETCONF_BASE}".`);
}

async function rootOf(document: Uint8Array) {
  try {
    return await inTurns(parseRoot(document));
  } catch (error) {
    if (!(error instanceof XmlError)) throw error;
    throw invalidValue(`The document is not XML that this server reads: ${error.message}`);
  }
}

/** Gives the stream up when nobody wants the rest. */
async function* contentOf(stream: ConfigStream): AsyncIterable<Uint8Array> {
  try {
    for (let piece = await stream.next(); piece !== undefined; piece = await stream.next()) yield piece;
  } finally {
    stream.close();
  }
}

async function* document(children: AsyncIterable<Uint8Array>): AsyncIterable<Uint8Array> {
  yield START;
  yield* children;
  yield END;
}

async function* inline({ config }: InlineConfig): AsyncIterable<Uint8Array> {
  yield Buffer.from(config);
}
