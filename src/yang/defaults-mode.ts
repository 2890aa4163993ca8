import type { WithDefaults } from "libyang-wasm";

/** RFC 6243 section 3: which default data is read, and how. */
export type DefaultsMode = WithDefaults;

export const defaultsModes: readonly DefaultsMode[] = ["report-all", "report-all-tagged", "trim", "explicit"];

/** Whether defaults are shown that nobody set: then they have to be in the tree. */
export const showsDefaults = (mode: DefaultsMode): boolean => mode === "report-all" || mode === "report-all-tagged";
