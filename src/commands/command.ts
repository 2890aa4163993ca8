/** What a command is given of the process. */
export interface CommandIo {
  readonly stdin: AsyncIterable<Buffer | string>;
  readonly stdout: { write(text: string): unknown };
  readonly stderr: { write(text: string): unknown };
}

/** Exit codes, the same for all commands and the server; scripts depend on them. */
export const exitCodes = Object.freeze({
  ok: 0,
  /** What is stored in the data directory cannot be used. */
  badConfiguration: 1,
  badArguments: 2,
  /** The data directory cannot be used. */
  noDataFolder: 3,
});

export const defaultDataFolder = "/var/lib/bmpconfd";

/** The arguments are wrong; the message says what to give. */
export class ArgumentError extends Error {
  constructor(message: string) {
    super(message);
    this.name = "ArgumentError";
  }
}

/** An error of `node:util` parseArgs is one of the arguments too. */
export const isArgumentError = (error: unknown): boolean =>
  error instanceof ArgumentError ||
  (error instanceof TypeError && String((error as NodeJS.ErrnoException).code).startsWith("ERR_PARSE_ARGS_"));
