import type { CommitSubscriber, ConfigChange } from "../../src/datastore/subscriber.ts";
import type { RpcError } from "../../src/errors/rpc-error.ts";
import { allUnitPaths } from "./all-unit-paths.ts";

const told = (change: ConfigChange): string =>
  change.map(({ keys, after }) => `${after === undefined ? "-" : "+"}${keys[1] ?? "bmp"}`).join(" ");

/** Notes what it is told; refuses when told to. */
export class RecordingSubscriber implements CommitSubscriber {
  readonly paths = allUnitPaths;
  readonly told: string[] = [];
  refusal: RpcError | undefined;
  /** Called when a change is applied. */
  onApply = () => {};

  adopt(change: ConfigChange): void {
    this.told.push(`adopt ${told(change)}`);
  }

  async prepare(change: ConfigChange) {
    this.told.push(`prepare ${told(change)}`);
    if (this.refusal !== undefined) throw this.refusal;
    const apply = () => {
      this.told.push("apply");
      this.onApply();
    };
    return { apply, abort: () => void this.told.push("abort") };
  }
}
