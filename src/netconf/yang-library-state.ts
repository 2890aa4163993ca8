import { datastoreNames } from "../datastore/datastores.ts";
import type { SubtreeFilter } from "../yang/subtree-filter.ts";
import type { LibraryModule, YangLibrary } from "../yang/yang-library.ts";
import { batches } from "./batches.ts";
import { wantedParts } from "./state-parts.ts";

const NAMESPACE = "urn:ietf:params:xml:ns:yang:ietf-yang-library";
/** Of the one module set, and of the one schema, which all datastores follow. */
const ALL = "all";

/** `/yang-library` (RFC 8525) and `/modules-state` (RFC 7895), as far as `filter` can select them: RFC 7951 documents. */
export function* yangLibraryState(library: YangLibrary, filter: SubtreeFilter | undefined): Iterable<string> {
  const parts = wantedParts(filter, {
    namespace: NAMESPACE,
    name: "yang-library",
    parts: ["module-set", "schema", "datastore", "content-id"],
  });
  if (parts.has("module-set")) yield* moduleSet(library);
  if (parts.has("schema")) yield yangLibrary({ schema: [{ name: ALL, "module-set": [ALL] }] });
  if (parts.has("datastore")) yield yangLibrary({ datastore: datastoreNames.map(datastore) });
  if (parts.has("content-id")) yield yangLibrary({ "content-id": library.contentId });
  yield* legacyState(library, filter);
}

const yangLibrary = (content: object): string => JSON.stringify({ "ietf-yang-library:yang-library": content });

const datastore = (name: string): object => ({ name: `ietf-datastores:${name}`, schema: ALL });

function* moduleSet({ modules }: YangLibrary): Iterable<string> {
  const inSet = (content: object): string => yangLibrary({ "module-set": [{ name: ALL, ...content }] });
  const implemented = modules.filter(({ isImplemented }) => isImplemented);
  for (const module of batches(implemented)) yield inSet({ module: module.map(implementedModule) });
  const imported = modules.filter(({ isImplemented }) => !isImplemented);
  for (const module of batches(imported)) yield inSet({ "import-only-module": module.map(importedModule) });
}

const implementedModule = ({ name, revision, namespace, features, deviations, submodules }: LibraryModule): object => ({
  name,
  revision,
  namespace,
  submodule: submodules,
  feature: features,
  deviation: deviations,
});

const importedModule = ({ name, revision, namespace, submodules }: LibraryModule): object => ({
  name,
  revision: revision ?? "",
  namespace,
  submodule: submodules,
});

/** RFC 7895 section 2.1, which RFC 8525 has kept as deprecated. */
function* legacyState(library: YangLibrary, filter: SubtreeFilter | undefined): Iterable<string> {
  const parts = wantedParts(filter, {
    namespace: NAMESPACE,
    name: "modules-state",
    parts: ["module-set-id", "module"],
  });
  if (parts.has("module-set-id")) yield modulesState({ "module-set-id": library.contentId });
  if (!parts.has("module")) return;
  const revisionOf = (name: string) => library.modules.find((module) => module.name === name)?.revision;
  for (const modules of batches(library.modules)) {
    yield modulesState({ module: modules.map((module) => legacyModule(module, revisionOf)) });
  }
}

const modulesState = (content: object): string => JSON.stringify({ "ietf-yang-library:modules-state": content });

const legacyModule = (module: LibraryModule, revisionOf: (name: string) => string | undefined): object => ({
  ...legacyName(module.name, module.revision),
  namespace: module.namespace,
  feature: module.features,
  deviation: module.deviations.map((name) => legacyName(name, revisionOf(name))),
  "conformance-type": module.isImplemented ? "implement" : "import",
  submodule: module.submodules.map(({ name, revision }) => legacyName(name, revision)),
});

const legacyName = (name: string, revision: string | undefined): object => ({ name, revision: revision ?? "" });
