/** Limits on configurations that a URL names. */
export const urlLimits = Object.freeze({
  /** Bytes of one; a longer one is refused, whether it is read or written. */
  urlBytes: 64 * 1024 * 1024,
  /** Files below the data directory's `files`, in one folder; a further one is refused. */
  urlFiles: 1000,
  /** Characters of a URL. */
  urlCharacters: 2048,
  /** Time that an HTTPS server may take for one request, its body included, in ms. */
  httpsMs: 30_000,
});

export type UrlLimits = { readonly [name in keyof typeof urlLimits]: number };
