import { ConfiguredUsers } from "../../src/access/configured-users.ts";
import { nacmPaths } from "../../src/nacm/nacm-units.ts";
import { unitPaths } from "../../src/plane/unit-paths.ts";

/** What the server's subscribers own together. */
export const allUnitPaths: readonly string[] = [
  ...Object.values(unitPaths),
  ...Object.values(nacmPaths),
  ...new ConfiguredUsers(() => {}).paths,
];
