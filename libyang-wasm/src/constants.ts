/** Numbers of libyang's C API. native/shim/abi.c stops the build should one of them change. */

export const FORMATS = { xml: 1, json: 2, lyb: 3 } as const;
export const SCHEMA_FORMATS = { yang: 1, yin: 3 } as const;
export const OPERATION = { rpc: 1, notification: 2, reply: 3, netconfRpc: 4, netconfNotification: 5 } as const;
export const PARSE = { only: 0x10000, strict: 0x20000, opaque: 0x40000, noState: 0x80000, ordered: 0x200000 } as const;
export const VALIDATE = { noState: 0x1, present: 0x2, multiError: 0x4, notFinal: 0x20 } as const;
export const PRINT = { siblings: 0x1, shrink: 0x2, keepEmptyContainers: 0x4 } as const;
export const WITH_DEFAULTS = { explicit: 0, trim: 0x10, "report-all": 0x20, "report-all-tagged": 0x80 } as const;
export const DUPLICATE = { recursive: 0x1, noMetadata: 0x2, withFlags: 0x8 } as const;
export const MERGE = { destruct: 0x1 } as const;
export const COMPARE = { fullRecursion: 0x1, defaults: 0x2 } as const;
export const DIFF = { defaults: 0x1 } as const;
export const IMPLICIT = { noState: 0x1 } as const;
export const DATA_FLAG = { isDefault: 0x1 } as const;
export const SCHEMA_FLAG = { config: 0x1, mandatory: 0x20, userOrdered: 0x40, presence: 0x80, key: 0x100 } as const;
export const SCHEMA_STATUS = { deprecated: 0x8, obsolete: 0x10 } as const;
/** Set on nodes below an output statement. */
export const IN_OUTPUT = 0x2000;
export const FIND_ATOMS = { inSchema: 0x8, inOutput: 0x10 } as const;
/** Prefixes in XPath and instance paths are module names. */
export const VALUE_FORMAT_JSON = 4;

export const RESULT = {
  success: 0,
  noMemory: 1,
  exists: 4,
  notFound: 5,
  denied: 8,
  incomplete: 9,
  negative: 11,
  stale: 0x10000,
} as const;
