/** Limits of what is told about one request's data. */
export const yangLimits = Object.freeze({
  /** `<rpc-error>`s in one reply; what else is wrong shows when these are mended. */
  errorsReported: 64,
  /** Characters of one error message; libyang quotes the offending value in full. */
  errorMessageChars: 1_024,
});
