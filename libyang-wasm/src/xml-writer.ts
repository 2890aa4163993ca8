import { PRINT, RESULT, WITH_DEFAULTS } from "./constants.ts";
import type { ContextCore } from "./context-core.ts";
import type { DataNode } from "./data-node.ts";
import { DISPOSE } from "./dispose-symbol.ts";
import type { WithDefaults } from "./print.ts";
import { StaleHandleError } from "./stale-handle-error.ts";
import { outOfMemory } from "./yang-error.ts";

/** How an XmlWriter prints, from its start on. */
export interface XmlWriterOptions {
  /** "explicit" unless told. */
  withDefaults?: WithDefaults;
}

/** What XmlWriter.write writes. */
export interface WriteOptions {
  /** Write the siblings after the node too; off unless told. */
  siblings?: boolean;
  /**
   * Any of the siblings that go with the node in another tree, of state: what only state can have (`config false`) is
   * shown where a merge would put it, below each instance that both trees have. With `siblings`, `node` must be the
   * first of its own. Neither tree is changed.
   */
  state?: DataNode | undefined;
  /** Pause once so many bytes wait to be taken; no limit unless told. One value, or one anydata, is not cut. */
  maxBytes?: number;
}

const NO_LIMIT = 0xffffffff;

/**
 * Prints data nodes as XML piece by piece. Put together, the pieces of a tree are what DataTree.print gives.
 *
 * Elements are opened and closed one by one; in the innermost, nodes are written with all below them. What was printed
 * waits until it is taken. Should a node that is open, or at which a write has paused, be freed or moved meanwhile, the
 * next call throws StaleHandleError. After a YangError the output lacks something: the writer can only be disposed.
 */
export class XmlWriter {
  readonly #core: ContextCore;
  #address: number;

  /** @internal Use Context.xmlWriter. */
  constructor(core: ContextCore, options: XmlWriterOptions = {}) {
    const flags = PRINT.shrink | WITH_DEFAULTS[options.withDefaults ?? "explicit"];
    this.#core = core;
    this.#address = core.engine.call.lyw_xml_writer_new(core.address, flags);
    if (this.#address === 0) throw outOfMemory();
    core.writers.add(this);
  }

  /** Bytes that wait to be taken. */
  get size(): number {
    return this.#call.lyw_xml_writer_size(this.#writer());
  }

  /** Whether a write has paused: then only `resume` goes on. */
  get isPaused(): boolean {
    return this.#call.lyw_xml_writer_is_paused(this.#writer()) !== 0;
  }

  /**
   * Opens an element: of a container, or of a list entry, whose keys come with it. Unless something is written in it, or
   * `begin` is called, nothing of it is printed. Throws YangError.
   */
  open(node: DataNode): void {
    if (node.kind !== "container" && node.kind !== "list") {
      throw new TypeError(`a ${node.kind} has no content to be written piece by piece`);
    }
    this.#check(this.#call.lyw_xml_writer_open(this.#ready(), this.#addressOf(node)));
  }

  /**
   * Prints what is open even if nothing is written in it, but for containers that mean nothing when they are empty.
   * Throws YangError.
   */
  begin(): void {
    this.#check(this.#call.lyw_xml_writer_begin(this.#ready()));
  }

  /**
   * Writes a node with all below it, in the innermost open element; the keys of an open list entry are there already.
   * Returns whether all is written: if not, `resume` goes on. Throws YangError.
   */
  write(node: DataNode, options: WriteOptions = {}): boolean {
    const state = options.state === undefined ? 0 : this.#addressOf(options.state);
    const siblings = options.siblings === true ? 1 : 0;
    const maxBytes = options.maxBytes ?? NO_LIMIT;
    this.#check(this.#call.lyw_xml_writer_write(this.#ready(), this.#addressOf(node), state, siblings, maxBytes));
    return !this.isPaused;
  }

  /**
   * Writes a node with all below it as part of NETCONF's `<config>` (RFC 6241 §7.2), with an `operation` attribute. An
   * entry of what the user orders can be told to go to the end of its list (RFC 7950 §7.8.6). Needs ietf-netconf. Throws
   * YangError.
   */
  writeEdit(node: DataNode, operation: "replace" | "remove", options: { isLast?: boolean } = {}): void {
    const { engine } = this.#core;
    const [writer, address] = [this.#ready(), this.#addressOf(node)];
    const isLast = options.isLast === true ? 1 : 0;
    this.#check(
      engine.withStrings([operation], (text = 0) =>
        engine.call.lyw_xml_writer_write_edit(writer, address, text, isLast),
      ),
    );
  }

  /** Goes on with a write that has paused, as `write` does. Throws YangError. */
  resume(maxBytes = NO_LIMIT): boolean {
    this.#check(this.#call.lyw_xml_writer_resume(this.#writer(), maxBytes));
    return !this.isPaused;
  }

  /** Closes the innermost open element. Throws YangError. */
  close(): void {
    const writer = this.#ready();
    if (this.#call.lyw_xml_writer_depth(writer) === 0) throw new Error("no element is open");
    this.#check(this.#call.lyw_xml_writer_close(writer));
  }

  /** What was printed and not yet taken, in UTF-8. */
  take(): Uint8Array {
    const { size } = this;
    const address = this.#call.lyw_xml_writer_take(this.#writer());
    return this.#core.engine.memory.bytes.slice(address, address + size);
  }

  /** Frees the writer, whatever is open. Idempotent; disposing the context does it too. */
  dispose(): void {
    if (this.#address === 0) return;
    const address = this.#address;
    this.#address = 0;
    this.#core.writers.delete(this);
    if (this.#core.engine.trap === undefined) this.#call.lyw_xml_writer_free(address);
  }

  [DISPOSE](): void {
    this.dispose();
  }

  get #call() {
    return this.#core.engine.call;
  }

  #writer(): number {
    if (this.#address === 0) throw new StaleHandleError("the XML writer was disposed");
    return this.#address;
  }

  #ready(): number {
    if (this.isPaused) throw new Error("a write has paused: call resume until it is complete");
    return this.#writer();
  }

  #addressOf(node: DataNode): number {
    this.#core.assertSame(node.root.core);
    return node.address;
  }

  #check(result: number): void {
    if (result === RESULT.stale) {
      throw new StaleHandleError("a data node that is being written was freed, unlinked, or moved to another tree");
    }
    this.#core.check(result, "other");
  }
}
