/** `[k='v']`, `[.="v"]`: what tells instances of a schema node apart in libyang's paths. */
const PREDICATE = /\[(?:[^\]'"]|'[^']*'|"[^"]*")*\]/g;

/** The path of the schema node of what is at `path`. */
export const withoutPredicates = (path: string): string => path.replace(PREDICATE, "");

/** The path of all instances of a list or leaf-list, of which `path` may lead to one. */
export function allInstances(path: string): string {
  let end = path.length;
  for (const { 0: predicate, index } of [...path.matchAll(PREDICATE)].toReversed()) {
    if (index + predicate.length !== end) break;
    end = index;
  }
  return path.slice(0, end);
}
