import { DataNode } from "./data-node.ts";
import type { DataTree } from "./data-tree.ts";
import { DISPOSE } from "./dispose-symbol.ts";

/**
 * Instances of data, known by what they are (their schema node and keys) and not by where they lie: the places in which
 * two trees may differ. An instance stands for all that is below it. Made by Context.emptyInstanceSet; owns memory.
 * Every method takes time in proportion to the instances it is about, whatever the size of the trees.
 */
export class InstanceSet {
  /** The instances without their content, and what they are in. */
  readonly #skeleton: DataTree;

  /** @internal */
  constructor(skeleton: DataTree) {
    this.#skeleton = skeleton;
  }

  /** Whether it has no members. */
  get isEmpty(): boolean {
    return this.#skeleton.isEmpty;
  }

  /** Adds the instance that `node` is; false when it, or one it is in, was there already. */
  add(node: DataNode): boolean {
    const { core } = this.#skeleton.root;
    core.assertSame(node.root.core);
    const { address } = node;
    const added = core.engine.out(1);
    core.check(
      this.#skeleton.root.update(0, (first) => core.engine.call.lyw_set_add(first, address, added)),
      "other",
    );
    return core.engine.result(1) !== 0;
  }

  /** Adds a container without what is in it: as a place where it may be in one tree and not in the other. */
  addShallow(container: DataNode): void {
    if (container.kind !== "container") throw new TypeError(`a ${container.kind} is added with all that is in it`);
    const { core } = this.#skeleton.root;
    core.assertSame(container.root.core);
    const { address } = container;
    core.check(
      this.#skeleton.root.update(0, (first) => core.engine.call.lyw_set_add_shallow(first, address)),
      "other",
    );
  }

  /** Whether a member is there without what is in it. */
  isShallow(member: DataNode): boolean {
    const { core } = this.#skeleton.root;
    core.assertSame(member.root.core);
    return core.engine.call.lyw_set_is_shallow(member.address) !== 0;
  }

  /** Adds what is in another set. */
  addAll(other: InstanceSet): void {
    for (const member of other.members()) {
      if (other.isShallow(member)) this.addShallow(member);
      else this.add(member);
    }
  }

  /**
   * Adds every place in which two trees differ, in time proportional to the trees. Throws YangError (EMEM), with none of
   * them added.
   */
  addDifferences(one: DataTree, other: DataTree): void {
    const { core } = this.#skeleton.root;
    core.assertSame(one.root.core);
    core.assertSame(other.root.core);
    core.check(
      this.#skeleton.root.update(0, (set) =>
        core.engine.call.lyw_set_add_differences(set, one.root.first, other.root.first),
      ),
      "other",
    );
  }

  /**
   * Adds every place in which two nodes that are the same instance differ, in time proportional to what they hold. Throws
   * YangError (EMEM).
   */
  addDifference(node: DataNode, counterpart: DataNode): void {
    const { core } = this.#skeleton.root;
    core.assertSame(node.root.core);
    core.assertSame(counterpart.root.core);
    const { address } = counterpart;
    core.check(
      this.#skeleton.root.update(0, (set) => core.engine.call.lyw_set_add_difference(set, node.address, address)),
      "other",
    );
  }

  /** The members, as nodes of the set's own: see DataTree.counterpart for what a tree has in their place. */
  *members(): Iterable<DataNode> {
    const { root } = this.#skeleton;
    const { call } = root.core.engine;
    let member: DataNode | undefined;
    for (;;) {
      const address = call.lyw_set_next(root.first, member?.address ?? 0);
      if (address === 0) return;
      member = new DataNode(root, address);
      yield member;
    }
  }

  /**
   * Makes `to` hold what `from` holds in up to `limit` places of the set, which are taken out of it: when none is left,
   * and the trees differed nowhere else, they are equal. What validation noted at the nodes is copied, too. Does less than
   * `limit` where memory gets low. Throws YangError (EMEM) when it could not even begin.
   */
  settle(from: DataTree, to: DataTree, limit: number): void {
    const { core } = this.#skeleton.root;
    core.assertSame(from.root.core);
    core.assertSame(to.root.core);
    core.check(
      this.#skeleton.root.update(0, (set) =>
        to.root.update(1, (first) => core.engine.call.lyw_set_settle(set, from.root.first, first, limit)),
      ),
      "other",
    );
  }

  /** Forgets all members. */
  clear(): void {
    for (const root of this.#skeleton.roots()) root.remove();
  }

  /** Frees the set. Idempotent. */
  dispose(): void {
    this.#skeleton.dispose();
  }

  [DISPOSE](): void {
    this.dispose();
  }
}
