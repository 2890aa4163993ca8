import { expect } from "vitest";
import { YangError, type YangErrorItem } from "../src/index.ts";

/** The YangError that a call throws. */
export function failure(work: () => unknown): YangError {
  try {
    work();
  } catch (error) {
    if (error instanceof YangError) return error;
    throw error;
  }
  throw new Error("nothing was thrown");
}

/** The one item of an error that has no more. */
export function only(error: YangError): YangErrorItem {
  expect(error.items).toHaveLength(1);
  return error.items[0] as YangErrorItem;
}
