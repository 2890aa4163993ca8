import type { AccessControl } from "../access/access-control.ts";
import type { ConfigStream, Datastores, Requester } from "../datastore/datastores.ts";
import type { AccessUser } from "../nacm/config.ts";
import type { SubscriptionRequest } from "../notifications/subscription.ts";
import type { UrlStores } from "../url/url-stores.ts";
import { NETCONF_BASE } from "../xml/netconf-namespace.ts";
import type { OperationInput } from "./operation-input.ts";
import type { RegisteredSession } from "./session-registry.ts";

/** Event notifications of a session (RFC 5277). */
export interface SessionNotifications {
  /** The time by which start and stop times are judged, in ms since the epoch. */
  now(): number;
  /** Events from now on belong to the session; they are sent after the reply. Throws `RpcError` if it has them already. */
  subscribe(request: SubscriptionRequest): void;
}

/** What an operation may use. */
export interface OperationContext {
  readonly session: Requester & { readonly user: AccessUser };
  readonly access: AccessControl;
  readonly datastores: Datastores;
  readonly urls: UrlStores;
  /** The open session of that id, or undefined. */
  readonly findSession: (id: number) => RegisteredSession | undefined;
  readonly notifications: SessionNotifications;
}

/**
 * The answer to an operation that succeeded; `output` is in `<rpc-reply>` as it is; `closing` is ok, and ends the
 * session once it is sent; `subscribed` is ok, and notifications follow it.
 */
export type OperationResult =
  | { readonly kind: "ok" }
  | { readonly kind: "data"; readonly stream: ConfigStream; readonly namespace: string }
  | { readonly kind: "output"; readonly elements: string }
  | { readonly kind: "closing" }
  | { readonly kind: "subscribed" };

export const ok: OperationResult = { kind: "ok" };
/** What is in the reply itself (RFC 7950 sections 7.14.4 and 7.15.2): XML elements that declare their namespaces. */
export const output = (elements: string): OperationResult => ({ kind: "output", elements });
export const closing: OperationResult = { kind: "closing" };
export const subscribed: OperationResult = { kind: "subscribed" };
/** The content of `<data>` in that namespace; from now on the stream is the reply's to close. */
export const data = (stream: ConfigStream, namespace = NETCONF_BASE): OperationResult => ({
  kind: "data",
  stream,
  namespace,
});

/** One NETCONF operation. */
export interface Operation {
  readonly namespace: string;
  readonly name: string;
  /** Names of the parameters, required or not. They are in the operation's namespace, but for those in `augmented`. */
  readonly parameters: readonly string[];
  /** Parameters that another module adds -> the namespace of that module. */
  readonly augmented?: Readonly<Record<string, string>>;
  /** Parameters that may be there more than once. */
  readonly repeated?: readonly string[];
  /**
   * Its one parameter is a data node with an action in it, and rules of access control are about that action, not about
   * the operation (RFC 8341 section 3.1.3).
   */
  readonly isAction?: boolean;
  /** Whether it leaves configuration, locks and other sessions as they are. */
  readonly changesNothing: boolean;
  /** Rejects with an `RpcError`, and has then changed nothing. */
  run(context: OperationContext, input: OperationInput): Promise<OperationResult>;
}

export const defineOperation = (operation: Operation): Operation => Object.freeze(operation);
