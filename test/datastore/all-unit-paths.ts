import { ConfiguredUsers } from "../../src/access/configured-users.ts";
import { nacmPaths } from "../../src/nacm/nacm-units.ts";
import { LimitConfiguration } from "../../src/netconf/configured-limits.ts";
import { unitPaths } from "../../src/plane/unit-paths.ts";
import { ConfiguredListeners } from "../../src/transport/configured-listeners.ts";

const listener = { bind: () => Promise.reject(new Error("not used")), endpoints: () => [] };

/** What the server's subscribers own together. */
export const allUnitPaths: readonly string[] = [
  ...Object.values(unitPaths),
  ...Object.values(nacmPaths),
  ...new ConfiguredUsers(() => {}).paths,
  ...new ConfiguredListeners({ listener, log: () => {} }).paths,
  ...new LimitConfiguration(() => {}).paths,
];
