import { type ErrorPath, type ErrorTag, type ErrorType, RpcError, type RpcErrorEntry } from "./rpc-error.ts";

/** What a caller may add to an error whose tag, and so whose meaning, the constructor gives. */
export interface ErrorDetails {
  readonly type?: ErrorType;
  readonly appTag?: string;
  readonly path?: ErrorPath;
  readonly cause?: unknown;
}

function build(
  tag: ErrorTag,
  type: ErrorType,
  message: string,
  details: ErrorDetails,
  info?: RpcErrorEntry["info"],
): RpcError {
  return new RpcError(
    {
      type: details.type ?? type,
      tag,
      message,
      ...(details.appTag === undefined ? {} : { appTag: details.appTag }),
      ...(details.path === undefined ? {} : { path: details.path }),
      ...(info === undefined ? {} : { info }),
    },
    details.cause === undefined ? undefined : { cause: details.cause },
  );
}

/** The request needs a resource that is already in use. */
export const inUse = (message: string, details: ErrorDetails = {}) => build("in-use", "protocol", message, details);

/** A parameter has an unacceptable value. */
export const invalidValue = (message: string, details: ErrorDetails = {}) =>
  build("invalid-value", "protocol", message, details);

/** The request, or its answer, is larger than the server handles. */
export const tooBig = (message: string, details: ErrorDetails = {}) => build("too-big", "rpc", message, details);

/** An expected attribute is missing from `element`. */
export const missingAttribute = (attribute: string, element: string, message: string, details: ErrorDetails = {}) =>
  build("missing-attribute", "rpc", message, details, { badAttribute: attribute, badElement: element });

/** An attribute of `element` has a wrong value. */
export const badAttribute = (attribute: string, element: string, message: string, details: ErrorDetails = {}) =>
  build("bad-attribute", "protocol", message, details, { badAttribute: attribute, badElement: element });

/** An attribute of `element` is not expected there. */
export const unknownAttribute = (attribute: string, element: string, message: string, details: ErrorDetails = {}) =>
  build("unknown-attribute", "protocol", message, details, { badAttribute: attribute, badElement: element });

/** An expected element is missing. */
export const missingElement = (element: string, message: string, details: ErrorDetails = {}) =>
  build("missing-element", "protocol", message, details, { badElement: element });

/** An element has a wrong value, or is there too often. */
export const badElement = (element: string, message: string, details: ErrorDetails = {}) =>
  build("bad-element", "protocol", message, details, { badElement: element });

/** An element is not expected there. */
export const unknownElement = (element: string, message: string, details: ErrorDetails = {}) =>
  build("unknown-element", "protocol", message, details, { badElement: element });

/** An element is in a namespace that the server does not know. */
export const unknownNamespace = (element: string, namespace: string, message: string, details: ErrorDetails = {}) =>
  build("unknown-namespace", "protocol", message, details, { badElement: element, badNamespace: namespace });

/** The user may not do this. */
export const accessDenied = (message: string, details: ErrorDetails = {}) =>
  build("access-denied", "protocol", message, details);

/** The lock is held by session `holder`; 0 = by something that is not a NETCONF session (RFC 6241 section 7.5). */
export const lockDenied = (holder: number, message: string, details: ErrorDetails = {}) =>
  build("lock-denied", "protocol", message, details, { sessionId: holder });

/** A limit is reached. */
export const resourceDenied = (message: string, details: ErrorDetails = {}) =>
  build("resource-denied", "protocol", message, details);

/** `create` of something that exists. */
export const dataExists = (message: string, details: ErrorDetails = {}) =>
  build("data-exists", "application", message, details);

/** `delete` of, or a reference to, something that does not exist. */
export const dataMissing = (message: string, details: ErrorDetails = {}) =>
  build("data-missing", "application", message, details);

/** The server does not support this operation or parameter. */
export const operationNotSupported = (message: string, details: ErrorDetails = {}) =>
  build("operation-not-supported", "protocol", message, details);

/** The operation failed for a reason no other tag names. */
export const operationFailed = (message: string, details: ErrorDetails = {}) =>
  build("operation-failed", "application", message, details);

/** The message is not well-formed XML or not a NETCONF message; base:1.1 only (RFC 6241 appendix A). */
export const malformedMessage = (message: string, details: ErrorDetails = {}) =>
  build("malformed-message", "rpc", message, details);
