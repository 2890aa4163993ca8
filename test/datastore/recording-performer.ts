import type { ActionCall, ActionLeaves, ActionPerformer } from "../../src/datastore/subscriber.ts";
import type { RpcError } from "../../src/errors/rpc-error.ts";
import { actionPaths } from "../../src/plane/unit-paths.ts";

/** Notes what it is asked for; refuses when told to. */
export class RecordingPerformer implements ActionPerformer {
  readonly actions: readonly string[];
  readonly calls: ActionCall[] = [];
  leaves: ActionLeaves = {};
  refusal: RpcError | undefined;

  constructor(...more: string[]) {
    this.actions = [...Object.values(actionPaths), ...more];
  }

  async perform(call: ActionCall): Promise<ActionLeaves> {
    this.calls.push(call);
    if (this.refusal !== undefined) throw this.refusal;
    return this.leaves;
  }
}
