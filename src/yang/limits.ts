/** Limits of what one request's data may be, of what is told about it, and of how much is done at a time. */
export const yangLimits = Object.freeze({
  /** `<rpc-error>`s in one reply; what else is wrong shows when these are mended. */
  errorsReported: 64,
  /** Edits in one report of a change; of more only the top-level nodes they are in are named. */
  reportedEdits: 64,
  /** Characters of the paths in it; of more just the same. */
  reportedEditCharacters: 8_192,
  /** Attributes of one element of a `<config>`, namespace declarations included. */
  attributes: 64,
  /** Elements straight in a `<config>`: a module has few top-level nodes, and each is given once. */
  topLevelElements: 1_024,
  /** Characters of a `<config>` that are parsed at once; others are served before the next part. */
  configPartCharacters: 32_768,
  /** Characters of one error message; libyang quotes the offending value in full. */
  errorMessageChars: 1_024,
  /** Passwords in clear text in one edit, each of which takes some milliseconds to hash. */
  hashesPerEdit: 64,
  /** Bytes of printed data that make a piece of a reply; one value is not cut. With its framing it is one write. */
  pieceBytes: 60 * 1_024,
  /** Nodes that a filter looks at before others get their turn. */
  nodesPerStep: 1_024,
  /** Nodes that the evaluation of an XPath filter may look at, which nothing interrupts: about 25 ms. Beyond: resource-denied. */
  xpathNodes: 250_000,
  /** The same for one event and the XPath filter of a subscription: within a slice. */
  eventXpathNodes: 25_000,
  /** List entries passed over in one call by a filter that does not name them by key; as an eighth of such a step. */
  entriesPerScan: 1_024,
});

export type PrintLimits = { readonly [name in "pieceBytes" | "nodesPerStep" | "entriesPerScan"]: number };
