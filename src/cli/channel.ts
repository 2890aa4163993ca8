import type { NetconfChannel, NetconfChannelHandler } from "../netconf/channel.ts";
import { cliLimits } from "./limits.ts";

/** The window of the client's terminal (RFC 4254 sections 6.2 and 6.7), as far as lines have to fit into it. */
export class TerminalWindow {
  columns = 0;
  rows = 0;
  /** Called after the window has changed. */
  onResize: () => void = () => {};

  constructor(columns: number, rows: number) {
    this.resize(columns, rows);
  }

  /** What a client gives is taken as far as it makes sense; 0 is what one sends that does not know. */
  resize(columns: number, rows: number): void {
    const { leastColumns, mostColumns, leastRows, mostRows } = cliLimits;
    this.columns = columns === 0 ? DEFAULT_COLUMNS : Math.min(Math.max(columns, leastColumns), mostColumns);
    this.rows = rows === 0 ? DEFAULT_ROWS : Math.min(Math.max(rows, leastRows), mostRows);
    this.onResize();
  }
}

const DEFAULT_COLUMNS = 80;
const DEFAULT_ROWS = 24;

/** A channel with a second way out. */
export interface CliChannel extends NetconfChannel {
  /** The same as `write`, for what is wrong (RFC 4254 section 5.2, SSH_EXTENDED_DATA_STDERR). */
  writeError(bytes: Uint8Array): Promise<void>;
}

/** What a client asked for on its channel (RFC 4254 section 6.5). */
export interface CliRequest {
  /** Of an `exec` request; undefined = a shell. */
  readonly command: string | undefined;
  /** Undefined = no terminal: what comes in are lines of a script. */
  readonly window: TerminalWindow | undefined;
}

/** Called for each channel on which a client asks for the command line; the session may write at once. */
export type AcceptCli = (channel: CliChannel, request: CliRequest) => NetconfChannelHandler;
