import type { Log } from "../observe/log.ts";
import type { CommandContext } from "./command.ts";

/** What a dialogue can use of its session. */
export interface DialogueHost {
  readonly context: CommandContext;
  readonly log: Log;
  /** Resolves when the client can be given more. */
  write(text: string): Promise<void>;
  writeError(text: string): Promise<void>;
  /** The client is waited for: it may take no longer than a session may be idle. */
  waits(): void;
  /** The server has something to do. */
  works(): void;
  /** There is nothing more to be done. */
  over(exitStatus: number): void;
}

/** Takes what a client sends, and answers. */
export interface Dialogue {
  /** Resolves when more can be taken. */
  received(bytes: Uint8Array): Promise<void>;
  /** The client sends no more; resolves when all is answered. */
  answered(): Promise<void>;
  /** The client has gone; resolves when no command runs any more. */
  stop(): Promise<void>;
}
