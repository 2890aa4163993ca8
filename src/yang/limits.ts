/** Limits of what is told about one request's data. */
export const yangLimits = Object.freeze({
  /** `<rpc-error>`s in one reply; what else is wrong shows when these are mended. */
  errorsReported: 64,
  /** Attributes of one element of a `<config>`, namespace declarations included. */
  attributes: 64,
  /** Elements straight in a `<config>`: a module has few top-level nodes, and each is given once. */
  topLevelElements: 1_024,
  /** Characters of one error message; libyang quotes the offending value in full. */
  errorMessageChars: 1_024,
});
