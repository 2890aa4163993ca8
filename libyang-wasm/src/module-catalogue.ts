/** @internal The YANG modules that come with this package, by the names of their files: `name@revision.yang`. */
export class ModuleCatalogue {
  /** The revisions of each, oldest first. */
  readonly #revisions = new Map<string, string[]>();

  constructor(files: readonly string[]) {
    for (const file of files.toSorted()) {
      const [, name, revision] = /^(.+)@(\d{4}-\d\d-\d\d)\.yang$/.exec(file) ?? [];
      if (name === undefined || revision === undefined) continue;
      const known = this.#revisions.get(name);
      if (known === undefined) this.#revisions.set(name, [revision]);
      else known.push(revision);
    }
  }

  /** The file of a module, of its newest revision when none is given; undefined when there is none. */
  fileOf(name: string, revision?: string): string | undefined {
    const revisions = this.#revisions.get(name);
    const wanted = revision ?? revisions?.at(-1);
    if (wanted === undefined || revisions?.includes(wanted) !== true) return undefined;
    return `${name}@${wanted}.yang`;
  }
}
