import type { AccessControl } from "../access/access-control.ts";
import type { Datastores, Requester } from "../datastore/datastores.ts";
import { accessDenied } from "../errors/constructors.ts";
import type { AccessUser } from "../nacm/config.ts";
import type { NamedTarget } from "../nacm/user-rules.ts";
import type { TerminalWindow } from "./channel.ts";
import type { CommandNode, Place } from "./command-model.ts";
import type { Match, Syntax } from "./matcher.ts";

/** Where a user is: among the commands that show, or in the configuration, at its top or in a place of it. */
export type View = { readonly kind: "user" } | { readonly kind: "system"; readonly place: Place | undefined };

/** What a command can use of its session, and change of it. */
export interface CommandContext {
  readonly requester: Requester & { readonly user: AccessUser };
  readonly datastores: Datastores;
  readonly access: AccessControl;
  /** The top of the configuration. */
  readonly roots: readonly CommandNode[];
  /** Undefined = a script. */
  readonly window: TerminalWindow | undefined;
  readonly hostName: string;
  readonly product: string;
  /** Lines typed before, the oldest first. */
  readonly history: () => readonly string[];
  view: View;
  /** Lines after which output waits; undefined = those of the window; 0 = it never does. */
  screenLength: number | undefined;
  /** Whether the session has the lock of the candidate. */
  hasLock: boolean;
  /** Set to end the session after the command. */
  isOver: boolean;
}

/** Lines of output, as they come. */
export type Output = AsyncIterable<string>;

/** A command of the command line. */
export interface Command extends Syntax {
  /** The NETCONF operation that it stands for, whose rules say who may use it (RFC 8341); undefined = everybody may. */
  readonly operation: NamedTarget | undefined;
  /** Gives output, if there is any. Rejects with a `CommandError` or an `RpcError`, and has then changed nothing. */
  readonly run: (context: CommandContext, match: Match<Command>) => Output | Promise<void>;
}

const operation = (name: string, module = "ietf-netconf"): NamedTarget => ({ name, module });

/** What commands stand for. */
export const operations = Object.freeze({
  get: operation("get"),
  getConfig: operation("get-config"),
  edit: operation("edit-config"),
  commit: operation("commit"),
  cancelCommit: operation("cancel-commit"),
  discard: operation("discard-changes"),
  lock: operation("lock"),
  loadCommit: operation("load-commit", "bmpconfd-commits"),
});

/** Throws `access-denied` when the user may not use the operation. */
export function requireOperation({ access, requester }: CommandContext, wanted: NamedTarget | undefined): void {
  if (wanted === undefined) return;
  const { isPermitted, reason } = access.operation(requester.user, wanted);
  if (!isPermitted) throw accessDenied(`User "${requester.user.name}" may not use this command: ${reason}.`);
}

/** The value of an argument; undefined = it was not given. */
export const argument = ({ arguments: given }: Match<Command>, name: string): string | undefined =>
  given.find((one) => one.name === name)?.text;
