/** The file is not what its format says; the message says what is wrong, and not where. */
export class MrtError extends Error {
  override readonly name = "MrtError";
}
