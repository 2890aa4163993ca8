import { invalidValue } from "../errors/constructors.ts";
import { FileStore } from "./file-store.ts";
import { HttpsStore } from "./https-store.ts";
import { type UrlLimits, urlLimits } from "./limits.ts";
import type { UrlScheme, UrlStore } from "./url-store.ts";

export interface UrlStoresOptions {
  /** Those to be served. */
  readonly schemes: readonly UrlScheme[];
  /** Folder that `file:///` is; made when the first file is written. */
  readonly filesFolder: string;
  /** PEM certificates of those who vouch for HTTPS servers; default: Node's, and those in NODE_EXTRA_CA_CERTS. */
  readonly authorities?: string | undefined;
  readonly limits?: Partial<UrlLimits>;
}

/** Configurations by URL, as far as the server was told to serve the URL's scheme (RFC 6241 section 8.8). */
export class UrlStores {
  /** Empty = the server does not have the :url capability. */
  readonly schemes: readonly UrlScheme[];
  readonly #limits: UrlLimits;
  readonly #stores: Record<UrlScheme, UrlStore>;

  constructor({ schemes, filesFolder, authorities, limits }: UrlStoresOptions) {
    this.schemes = schemes;
    this.#limits = { ...urlLimits, ...limits };
    this.#stores = { file: new FileStore(filesFolder, this.#limits), https: new HttpsStore(this.#limits, authorities) };
  }

  /** The document. Rejects with `RpcError`, as the other two do. */
  async read(url: string): Promise<Uint8Array> {
    const { store, parsed } = this.#find(url);
    return store.read(parsed);
  }

  async write(url: string, content: AsyncIterable<Uint8Array>): Promise<void> {
    const { store, parsed } = this.#find(url);
    await store.write(parsed, content);
  }

  async remove(url: string): Promise<void> {
    const { store, parsed } = this.#find(url);
    await store.remove(parsed);
  }

  #find(url: string): { store: UrlStore; parsed: URL } {
    const { urlCharacters } = this.#limits;
    if (url.length > urlCharacters) throw invalidValue(`A URL has at most ${urlCharacters} characters here.`);
    const parsed = URL.canParse(url) ? new URL(url) : undefined;
    const scheme = this.schemes.find((known) => parsed?.protocol === `${known}:`);
    if (parsed === undefined || scheme === undefined) {
      const served = this.schemes.map((known) => `${known}:`).join(" or ");
      throw invalidValue(`"${parsed?.protocol ?? url}" is no URL of a scheme that this server serves; use ${served}.`);
    }
    return { store: this.#stores[scheme], parsed };
  }
}
