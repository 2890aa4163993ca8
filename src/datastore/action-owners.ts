import type { Schema } from "../yang/schema.ts";

/**
 * Every action of our own modules is carried out by somebody, and every action that is exists. Throws, naming what is
 * amiss: a fault of the build, found at start.
 */
export function checkActions(schema: Schema, performed: ReadonlySet<string>): void {
  const all = [...schema.actions()];
  const own = new Set(schema.ownModules.map(({ name }) => name));
  const idle = all
    .filter(({ moduleName, path }) => own.has(moduleName) && !performed.has(path))
    .map(({ path }) => path);
  const known = new Set(all.map(({ path }) => path));
  const unknown = [...performed].filter((path) => !known.has(path));
  if (idle.length === 0 && unknown.length === 0) return;
  throw new Error(
    `The YANG modules and the server do not match. Actions that nobody carries out: ${idle.join(", ") || "none"}. ` +
      `Carried out, but not in the modules: ${unknown.join(", ") || "none"}.`,
  );
}
