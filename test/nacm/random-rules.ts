import fc from "fast-check";
import type { AccessOperation, AccessUser, NacmConfig } from "../../src/nacm/config.ts";
import { readNacmConfig } from "../../src/nacm/read-config.ts";
import { parseRulePath } from "../../src/nacm/rule-path.ts";

/** Whom the rules concern. */
export const ann: AccessUser = { name: "ann", externalGroups: ["staff"], isRecovery: false };

/** A configuration with a few rules for `ann`, about some of the paths and operations. */
export function rulesAbout(
  paths: readonly string[],
  operations: readonly AccessOperation[],
  modules: readonly string[] = ["*"],
): fc.Arbitrary<NacmConfig> {
  const action = fc.constantFrom("permit" as const, "deny" as const);
  const rule = fc
    .record({
      path: fc.constantFrom(...paths),
      module: fc.constantFrom("*", ...modules),
      operations: fc.oneof(fc.constant("*" as const), fc.subarray([...operations])),
      action,
    })
    .map(({ path, ...rest }) => ({
      ...rest,
      name: path,
      target: { kind: "data" as const, path: parseRulePath(path) ?? [] },
    }));
  const mostly = fc.constantFrom("permit" as const, "permit" as const, "permit" as const, "deny" as const);
  return fc.record({ rules: fc.array(rule, { maxLength: 6 }), readDefault: mostly, writeDefault: mostly }).map(
    ({ rules, ...defaults }): NacmConfig => ({
      ...readNacmConfig(),
      ...defaults,
      ruleLists: [{ name: "staff", groups: ["staff"], rules }],
    }),
  );
}
