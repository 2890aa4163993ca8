/** A line that is no command, or a command that cannot be done; the message is for the user. */
export class CommandError extends Error {
  /** Offset in the line of what is wrong, for the caret; undefined = the line as a whole. */
  readonly at: number | undefined;

  constructor(message: string, at?: number) {
    super(message);
    this.name = "CommandError";
    this.at = at;
  }
}
