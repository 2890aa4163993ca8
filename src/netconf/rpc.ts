import {
  badElement,
  malformedMessage,
  missingAttribute,
  missingElement,
  operationNotSupported,
  tooBig,
  unknownElement,
  unknownNamespace,
} from "../errors/constructors.ts";
import type { RpcError, RpcErrorEntry } from "../errors/rpc-error.ts";
import { isWhiteSpace } from "../xml/characters.ts";
import type { XmlElement } from "../xml/element.ts";
import { NETCONF_BASE } from "../xml/netconf-namespace.ts";
import { malformed, type XmlError } from "../xml/xml-error.ts";
import type { YangLibrary } from "../yang/yang-library.ts";
import type { NetconfVersion } from "./hello.ts";
import type { Operation } from "./operation.ts";
import { operations } from "./operations.ts";

const RPC = { type: "rpc" } as const;

/** Throws unless the message is an `<rpc>`: then it is none that NETCONF allows, and cannot be answered as one. */
export function requireRpc(root: XmlElement): void {
  if (root.namespace === NETCONF_BASE && root.name === "rpc") return;
  throw malformed(`Only <rpc> of namespace "${NETCONF_BASE}" is expected after the hello.`);
}

/** The one operation element of an `<rpc>` (RFC 6241 section 4.1). Throws `RpcError`. */
export function operationElement(rpc: XmlElement): XmlElement {
  if (!rpc.attributes.some(({ namespace, name }) => namespace === "" && name === "message-id")) {
    throw missingAttribute("message-id", "rpc", '<rpc> has no "message-id" attribute; add one.');
  }
  if (!isWhiteSpace(rpc.text)) {
    throw badElement("rpc", "<rpc> has text where only an operation belongs; leave it out.", RPC);
  }
  const [operation, second] = rpc.children;
  if (operation === undefined) {
    // The name that the schema of RFC 6241 appendix B has for whatever operation belongs there.
    throw missingElement("rpcOperation", "<rpc> has no operation; put one into it.", RPC);
  }
  if (second !== undefined) {
    throw unknownElement(second.name, "<rpc> has more than one operation; send each in an <rpc> of its own.", RPC);
  }
  return operation;
}

/** The operation that an element asks for. Throws `RpcError`; `library` has the other known namespaces. */
export function findOperation({ namespace, name }: XmlElement, library: YangLibrary): Operation {
  const operation = operations.find((known) => known.name === name && known.namespace === namespace);
  if (operation !== undefined) return operation;
  const elsewhere = operations.find((known) => known.name === name)?.namespace;
  const isKnown =
    operations.some((known) => known.namespace === namespace) ||
    library.modules.some((module) => module.namespace === namespace);
  if (isKnown && elsewhere !== undefined) {
    throw operationNotSupported(
      `<${name}> is not an operation of namespace "${namespace}"; put it into "${elsewhere}".`,
    );
  }
  if (isKnown) {
    const names = operations.map((known) => `<${known.name}>`).join(", ");
    throw operationNotSupported(`This server has no operation <${name}>; it has ${names}.`);
  }
  if (namespace === "") {
    const message = `<${name}> is in no namespace; put it into "${elsewhere ?? NETCONF_BASE}".`;
    throw unknownNamespace(name, namespace, message);
  }
  throw unknownNamespace(name, namespace, `This server knows no operation in namespace "${namespace}".`);
}

/** What a client gets for a message that cannot be read. */
export function unreadable(error: XmlError): RpcError {
  return error.reason === "too-big" ? tooBig(error.message) : malformedMessage(error.message);
}

/** RFC 6241 appendix A: malformed-message must not be sent to a base:1.0 client, for which it is operation-failed. */
export function entriesFor(version: NetconfVersion, error: RpcError): readonly RpcErrorEntry[] {
  if (version === "1.1") return error.entries;
  return error.entries.map((entry) =>
    entry.tag === "malformed-message" ? { ...entry, tag: "operation-failed" } : entry,
  );
}
