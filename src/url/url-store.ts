import { resourceDenied } from "../errors/constructors.ts";
import type { UrlLimits } from "./limits.ts";

/** The schemes of the :url capability (RFC 6241 section 8.8) that this server can serve. */
export const urlSchemes = Object.freeze(["file", "https"] as const);
export type UrlScheme = (typeof urlSchemes)[number];

/**
 * What the URLs of one scheme name. Every method rejects with an `RpcError` that names the URL without its password, and
 * has then changed nothing that it could help.
 */
export interface UrlStore {
  /** The whole document. */
  read(url: URL): Promise<Uint8Array>;
  /** Resolves when the document is where it belongs. Whoever reads gets the old or the new one, whole. */
  write(url: URL, content: AsyncIterable<Uint8Array>): Promise<void>;
  remove(url: URL): Promise<void>;
}

/** The URL as messages have it. */
export function shown(url: URL): string {
  const safe = new URL(url);
  safe.username = "";
  safe.password = "";
  return safe.href;
}

export const tooLong = (url: URL, { urlBytes }: UrlLimits) =>
  resourceDenied(`${shown(url)} has more than ${urlBytes} bytes, the limit for a configuration.`);
