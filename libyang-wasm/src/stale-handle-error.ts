/**
 * A node, tree, module or context was used after its end: it was freed, unlinked, moved to another tree, or its owner
 * was disposed. Always a mistake of the caller; nothing was read or changed.
 */
export class StaleHandleError extends Error {
  /** Made by this package only. */
  constructor(message: string) {
    super(message);
    this.name = "StaleHandleError";
  }
}
