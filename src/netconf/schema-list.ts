import type { SchemaFormat, YangLibrary } from "../yang/yang-library.ts";

/** RFC 6022 section 2.1.3: every module and submodule can be had in each of these. */
export const schemaFormats: readonly SchemaFormat[] = ["yang", "yin"];

/** A module or submodule, as `<get-schema>` names it. */
export interface SchemaItem {
  readonly identifier: string;
  /** Undefined when it has no revision. */
  readonly revision: string | undefined;
  readonly namespace: string;
}

/** Every module and submodule that a client can ask for. */
export const schemaItems = ({ modules }: YangLibrary): readonly SchemaItem[] =>
  modules.flatMap((module) =>
    [module, ...module.submodules].map(({ name, revision }) => ({
      identifier: name,
      revision,
      namespace: module.namespace,
    })),
  );
