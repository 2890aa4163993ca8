import { SERVER_STOPS } from "../netconf/session-ending.ts";
import { startTimer } from "../netconf/timer.ts";
import type { AcceptCli } from "./channel.ts";
import { type CliEnvironment, CliSession } from "./cli-session.ts";
import { type CommandNode, commandModel } from "./command-model.ts";
import { type CliLimits, cliLimits } from "./limits.ts";

type CliServerOptions = Omit<CliEnvironment, "limits" | "startTimer" | "roots"> &
  Partial<Pick<CliEnvironment, "startTimer">> & { readonly limits?: Partial<CliLimits> };

/** All sessions of the command line. */
export class CliServer {
  readonly #environment: CliEnvironment;
  readonly #sessions = new Set<CliSession>();
  #isStopped = false;

  constructor(options: CliServerOptions) {
    let made: readonly CommandNode[] | undefined;
    // The datastores know their modules once they have started, which is before the first session.
    const roots = () => {
      made ??= commandModel(options.datastores.nodeDescriptions());
      return made;
    };
    this.#environment = { startTimer, ...options, roots, limits: { ...cliLimits, ...options.limits } };
  }

  /** For the transports: opens a session on a channel. */
  readonly accept: AcceptCli = (channel, request) => {
    const { registry, limits, log } = this.#environment;
    const hasRoom = !this.#isStopped && this.#sessions.size < limits.sessions;
    const ended = (session: CliSession) => void this.#sessions.delete(session);
    const session = hasRoom
      ? registry.open((id) => new CliSession(id, channel, request, this.#environment, ended))
      : undefined;
    if (session !== undefined) {
      this.#sessions.add(session);
      return session;
    }
    const reason = this.#isStopped ? "the server stops" : "too many sessions";
    log("warn", "session refused", { reason, user: channel.username, ...channel.peer });
    void channel.writeError(Buffer.from(`Error: The session is refused: ${reason}. Try again later.\r\n`));
    channel.close(1);
    return { received: () => {}, closed: () => {} };
  };

  /** Takes no more sessions and ends all; resolves when every command has ended and every lock is released. */
  async stop(): Promise<void> {
    this.#isStopped = true;
    await Promise.all([...this.#sessions].map((session) => session.close(SERVER_STOPS)));
  }
}
