import { fstatSync, readlinkSync } from "node:fs";
import { type DestinationStream, destination, type Logger, pino, stdTimeFunctions } from "pino";
import { observeLimits } from "./limits.ts";
import type { Log, LogFields, LogLevel } from "./log.ts";

const STDERR = 2;

/**
 * Log lines as JSON objects on stderr: `level`, `time` (RFC 3339, UTC), the fields, `msg`. Writing never blocks the
 * server, and never fails it: lines that nobody takes are dropped.
 */
export class JsonLog {
  readonly #root: Logger;
  readonly #destination: RenewableDestination;

  constructor(level: LogLevel = "info", fd: number = STDERR) {
    this.#destination = new RenewableDestination(fd);
    this.#root = pino(
      {
        level,
        base: null,
        timestamp: stdTimeFunctions.isoTime,
        formatters: { level: (label) => ({ level: label }) },
        serializers: { error: pino.stdSerializers.err },
      },
      this.#destination,
    );
  }

  /** A log whose lines all carry `fields`. */
  child(fields: LogFields): Log {
    return asFunction(this.#root.child(fields));
  }

  get log(): Log {
    return asFunction(this.#root);
  }

  /**
   * For SIGHUP: when stderr is a file that was renamed by log rotation, goes on in a new file of the old name.
   * Does nothing when stderr is a terminal, a pipe or a socket.
   */
  reopen(): void {
    this.#destination.reopen();
  }

  /** Writes what is still waiting, for the end of the process; lines that come later are dropped. */
  async close(): Promise<void> {
    await this.#destination.close();
  }
}

const asFunction =
  (logger: Logger): Log =>
  (level, message, fields) =>
    fields === undefined ? logger[level](message) : logger[level](fields, message);

/** Where lines go: a file descriptor, or after `reopen` the file that it was opened by. */
class RenewableDestination implements DestinationStream {
  readonly #path: string | undefined;
  #current: ReturnType<typeof destination> | undefined;

  constructor(fd: number) {
    // Read now: once rotation has renamed the file, the link gives the new name.
    this.#path = fstatSync(fd).isFile() ? readlinkSync(`/proc/self/fd/${fd}`) : undefined;
    this.#current = open(fd);
  }

  write(line: string): void {
    this.#current?.write(line);
  }

  reopen(): void {
    if (this.#path === undefined || this.#current === undefined) return;
    this.#current.end();
    this.#current = open(this.#path);
  }

  async close(): Promise<void> {
    const last = this.#current;
    if (last === undefined) return;
    this.#current = undefined;
    const closed = new Promise((resolve) => last.once("close", resolve).once("error", resolve));
    last.end();
    await closed;
  }
}

function open(dest: number | string): ReturnType<typeof destination> {
  const stream = destination({ dest, sync: false, maxLength: observeLimits.maxUnwrittenLogBytes });
  // A full disk or a closed pipe costs log lines, not the server.
  stream.on("error", () => {});
  return stream;
}
