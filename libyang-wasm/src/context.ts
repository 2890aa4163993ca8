import { IMPLICIT, OPERATION, SCHEMA_FORMATS } from "./constants.ts";
import { ContextCore } from "./context-core.ts";
import type { DataNode } from "./data-node.ts";
import { DataTree } from "./data-tree.ts";
import { DISPOSE } from "./dispose-symbol.ts";
import type { Engine } from "./engine.ts";
import { InstanceSet } from "./instance-set.ts";
import { Module } from "./module.ts";
import {
  type ParseRpcOptions,
  parseNotification,
  parseReply,
  parseRpc,
  validateOperation,
} from "./operation-parsing.ts";
import type { ParsedNotification } from "./parsed-notification.ts";
import type { ParsedReply } from "./parsed-reply.ts";
import type { ParsedRpc } from "./parsed-rpc.ts";
import { type ParseDataOptions, parseData } from "./parsing.ts";
import { SchemaNode } from "./schema-node.ts";
import { type ValidateOptions, validateTree } from "./validation.ts";
import { rejectNul } from "./wasm-memory.ts";
import { XmlWriter, type XmlWriterOptions } from "./xml-writer.ts";
import { errorCode, YangError } from "./yang-error.ts";

/**
 * A set of YANG modules, and the data that follows them. Every call may throw StaleHandleError (after dispose) and
 * LibyangTrap.
 */
export class Context {
  readonly #core: ContextCore;

  /** @internal Use Libyang.createContext. */
  constructor(engine: Engine) {
    this.#core = new ContextCore(engine);
  }

  /**
   * Loads a module and what it imports through importModule, and implements it. Features are off unless listed; "*"
   * turns all on, which fails where one needs another that is off. Throws YangError, or what importModule threw.
   */
  loadModule(name: string, options: { revision?: string; features?: readonly string[] } = {}): Module {
    rejectNul(name, "the module's name");
    const { engine } = this.#core;
    this.#core.beforeSchemaChange();
    const address = this.#withFeatures(options.features, (features) =>
      engine.withStrings([name, options.revision], (nameAt = 0, revisionAt = 0) =>
        engine.call.ly_ctx_load_module(this.#core.address, nameAt, revisionAt, features),
      ),
    );
    return this.#loaded(address, "ENOTFOUND");
  }

  /** Implements a module given as text. Throws YangError, or what importModule threw for its imports. */
  parseModule(text: string, options: { format?: "yang" | "yin"; features?: readonly string[] } = {}): Module {
    rejectNul(text, "the module");
    const { engine } = this.#core;
    this.#core.beforeSchemaChange();
    const format = SCHEMA_FORMATS[options.format ?? "yang"];
    const result = this.#withFeatures(options.features, (features) =>
      engine.withStrings([text], (textAt = 0) =>
        engine.call.lyw_parse_module(this.#core.address, textAt, format, features, engine.out(0)),
      ),
    );
    return this.#loaded(result === 0 ? engine.result(0) : 0, result === 0 ? "EINT" : errorCode(result));
  }

  /** All modules, those libyang has built in and those only imported included. */
  modules(): Module[] {
    const { engine } = this.#core;
    const index = engine.out(0);
    const addresses: number[] = [];
    for (;;) {
      const address = engine.call.ly_ctx_get_module_iter(this.#core.address, index);
      if (address === 0) return addresses.map((found) => new Module(this.#core, found));
      addresses.push(address);
    }
  }

  /** The implemented module of that name. */
  module(name: string): Module | undefined {
    const { engine } = this.#core;
    return this.#optional(
      engine.withStrings([name], (text = 0) => engine.call.ly_ctx_get_module_implemented(this.#core.address, text)),
    );
  }

  /** The implemented module with that namespace. */
  moduleByNamespace(namespace: string): Module | undefined {
    const { engine } = this.#core;
    return this.#optional(
      engine.withStrings([namespace], (text = 0) =>
        engine.call.ly_ctx_get_module_implemented_ns(this.#core.address, text),
      ),
    );
  }

  /** Schema nodes an XPath selects in the models, as in `/module:container/list`. Throws YangError. */
  findSchema(xpath: string): SchemaNode[] {
    rejectNul(xpath, "the XPath");
    const { engine } = this.#core;
    const result = engine.withStrings([xpath], (text = 0) =>
      engine.call.lys_find_xpath(this.#core.address, 0, text, 0, engine.out(0)),
    );
    this.#core.check(result, "other");
    return engine.takeSet(engine.result(0)).map((address) => SchemaNode.at(this.#core, address));
  }

  /** Parses data without validating it. Throws YangError with phase "parse". */
  parseData(text: string | Uint8Array, options: ParseDataOptions = {}): DataTree {
    return parseData(this.#core, text, options);
  }

  /**
   * Parses a NETCONF `<rpc>` document (RFC 6241 §4.1); ietf-netconf must be loaded for its operations. Inside anydata
   * and anyxml (`<config>`, `<filter>`) whatever does not fit the model becomes an opaque node, unless told otherwise: see
   * DataNode.opaqueError. Neither message-id nor mandatory input is checked: see validateRpc. Throws YangError.
   */
  parseRpc(xml: string | Uint8Array, options: ParseRpcOptions = {}): ParsedRpc {
    return parseRpc(this.#core, xml, options);
  }

  /** Validates an operation's input; leafrefs and conditions may refer to `datastore`. Throws YangError. */
  validateRpc(rpc: ParsedRpc, datastore?: DataTree): void {
    validateOperation(this.#core, rpc.operationTree, OPERATION.rpc, datastore);
  }

  /**
   * Parses a NETCONF `<rpc-reply>` document (RFC 6241 §4.2) to `operation`, an rpc or action node: that of a ParsedRpc, or
   * one made by DataTree.setPath. The operation itself stays as it is. Output that does not fit the model becomes opaque
   * nodes, which validateReply refuses. A reply with both data and an rpc-error (a warning) is refused. Throws YangError,
   * or TypeError when the node is no operation.
   */
  parseReply(xml: string | Uint8Array, operation: DataNode): ParsedReply {
    return parseReply(this.#core, xml, operation);
  }

  /**
   * Validates an operation's output and completes it with defaults; leafrefs and conditions may refer to `datastore`.
   * Throws YangError.
   */
  validateReply(reply: ParsedReply, datastore?: DataTree): void {
    validateOperation(this.#core, reply.operationTree, OPERATION.reply, datastore);
  }

  /** Parses a NETCONF `<notification>` document (RFC 5277 §4). Throws YangError. */
  parseNotification(xml: string | Uint8Array): ParsedNotification {
    return parseNotification(this.#core, xml);
  }

  /**
   * Validates a notification's content and completes it with defaults; leafrefs and conditions may refer to `datastore`.
   * Throws YangError.
   */
  validateNotification(notification: ParsedNotification, datastore?: DataTree): void {
    validateOperation(this.#core, notification.notificationTree, OPERATION.notification, datastore);
  }

  /**
   * Validates a tree and completes it with defaults; it stays usable, and may be partly completed, after an error.
   * Throws YangError with phase "validate". Returns the changes if `collectChanges` asks for them.
   */
  validate(tree: DataTree, options: ValidateOptions = {}): DataTree | undefined {
    return validateTree(this.#core, tree, options);
  }

  /** A tree without nodes. */
  emptyTree(): DataTree {
    // Reading the address checks that the context is still there.
    if (this.#core.address === 0) throw new Error("unreachable");
    return new DataTree(this.#core, 0);
  }

  /** A set of instances without members. */
  emptyInstanceSet(): InstanceSet {
    return new InstanceSet(this.emptyTree());
  }

  /** A writer for data of this context. Throws YangError (EMEM). */
  xmlWriter(options: XmlWriterOptions = {}): XmlWriter {
    return new XmlWriter(this.#core, options);
  }

  /** Adds the defaults of a module to a tree, or of all modules. No validation. Throws YangError. */
  addDefaults(tree: DataTree, module?: Module): void {
    this.#core.assertSame(tree.root.core);
    const { call } = this.#core.engine;
    const result = tree.root.update(0, (first) =>
      module === undefined
        ? call.lyd_new_implicit_all(first, this.#core.address, IMPLICIT.noState, 0)
        : call.lyd_new_implicit_module(first, module.addressIn(this.#core), IMPLICIT.noState, 0),
    );
    this.#core.check(result, "other");
  }

  /** ietf-yang-library's data about this context (RFC 8525), with the given content-id. Throws YangError. */
  yangLibrary(contentId: string): DataTree {
    rejectNul(contentId, "the content-id");
    const { engine } = this.#core;
    // The text is a printf format: a percent sign of its own would be a directive.
    const result = engine.withStrings([contentId.replaceAll("%", "%%")], (text = 0) =>
      engine.call.ly_ctx_get_yanglib_data(this.#core.address, engine.out(0), text, 0),
    );
    this.#core.check(result, "other");
    return new DataTree(this.#core, engine.result(0));
  }

  /** Frees the context and all its trees; everything got from it ends. Idempotent. */
  dispose(): void {
    this.#core.dispose();
  }

  [DISPOSE](): void {
    this.dispose();
  }

  #optional(address: number): Module | undefined {
    return address === 0 ? undefined : new Module(this.#core, address);
  }

  /** Turns the outcome of loading into a module; what importModule threw goes before libyang's own complaint. */
  #loaded(address: number, code: YangError["code"]): Module {
    const items = this.#core.takeErrors();
    const failure = this.#core.engine.takeImportFailure();
    if (failure !== undefined) throw failure.error;
    if (address === 0) throw new YangError(items[0]?.code ?? code, items, "other");
    return new Module(this.#core, address);
  }

  /** Passes features as libyang wants them: an array of C strings ended by 0, or 0 for none. */
  #withFeatures<T>(features: readonly string[] | undefined, work: (array: number) => T): T {
    if (features === undefined) return work(0);
    const { engine } = this.#core;
    return engine.withStrings(features, (...addresses) => {
      const words = new Uint8Array(new Uint32Array([...addresses, 0]).buffer);
      return engine.withStrings([words], (array = 0) => work(array));
    });
  }
}
