/** A file in the data directory is not what we wrote: told, never guessed round. */
export class DamagedFileError extends Error {
  readonly path: string;
  /** In bytes. */
  readonly offset: number;

  /** `advice`: what to do, in whole sentences or ending in a command. */
  constructor(path: string, offset: number, what: string, advice: string) {
    super(`${path} is damaged at byte ${offset}: ${what}. ${advice}`);
    this.name = "DamagedFileError";
    this.path = path;
    this.offset = offset;
  }
}
