import { join } from "node:path";
import { ROOT } from "../../shared/root.ts";

/** A YANG list that the bench fills, with the three keys and the leaves of a `bmp-session`. */
export interface ListModel {
  readonly container: string;
  readonly entry: string;
  readonly namespace: string;
  /** The module, where it is not one that the server has of its own. */
  readonly yangFile?: string;
}

/** What bmpconfd is for: unions, a leafref, `must` on keys and below. */
export const bmpSessions: ListModel = {
  container: "bmp",
  entry: "bmp-session",
  namespace: "urn:bmpconfd:yang:bmp",
};

/** The same shape without any constraint: netconfd does not understand the YANG 1.1 of bmpconfd's own modules. */
export const plainSessions: ListModel = {
  container: "sessions",
  entry: "session",
  namespace: "urn:bmpconfd:bench:session",
  yangFile: join(ROOT, "bench/netconf/yang/bench-session.yang"),
};
