/** A submodule, as clients are told of it. */
export interface LibrarySubmodule {
  readonly name: string;
  /** Undefined when it has none. */
  readonly revision: string | undefined;
}

/** One revision of a module, as clients are told of it. */
export interface LibraryModule extends LibrarySubmodule {
  readonly namespace: string;
  readonly yangVersion: "1" | "1.1";
  /** False: others use its types, groupings or identities, and no more (RFC 7950 section 5.6.5). */
  readonly isImplemented: boolean;
  /** Those that are supported. */
  readonly features: readonly string[];
  /** Names of the modules that deviate from it. */
  readonly deviations: readonly string[];
  readonly submodules: readonly LibrarySubmodule[];
}

/** The modules of the server (RFC 8525), as plain data: what is served, and what that imports. */
export interface YangLibrary {
  /** Another one when anything of this is another, or the text of a module. */
  readonly contentId: string;
  /** By name and revision. */
  readonly modules: readonly LibraryModule[];
}

/** RFC 6022 section 3.1: the languages in which a module can be had. */
export type SchemaFormat = "yang" | "yin";
