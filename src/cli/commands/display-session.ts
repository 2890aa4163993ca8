import type { Command, Output } from "../command.ts";
import { phrase } from "../syntax.ts";

export const displayHistory: Command = {
  parts: phrase("display history-command", "The lines typed in this session."),
  operation: undefined,
  async *run({ history }): Output {
    yield* history();
  },
};

export const displayVersion: Command = {
  parts: phrase("display version", "What runs here."),
  operation: undefined,
  async *run({ product }): Output {
    yield product;
  },
};
