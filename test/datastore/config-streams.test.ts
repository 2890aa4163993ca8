import { beforeEach, expect, test } from "vitest";
import { ConfigStreams } from "../../src/datastore/config-streams.ts";
import type { DatastoreEngine } from "../../src/datastore/engine.ts";
import { RpcError } from "../../src/errors/rpc-error.ts";
import { finishJob } from "../../src/job.ts";
import type { Schema } from "../../src/yang/schema.ts";
import { bmp, commit, edit, engineFixture, schemaFixture, session } from "./engine-fixture.ts";

let schema: Schema;
beforeEach(async () => {
  schema = await schemaFixture();
});

const text = (bytes: Uint8Array) => Buffer.from(bytes).toString();

/** Gives the pieces, with pauses; tells when it was given up. */
function* source(pieces: readonly string[], onReturn = () => {}): Generator<Uint8Array | undefined, void, void> {
  try {
    for (const piece of pieces) {
      yield undefined;
      yield Buffer.from(piece);
    }
  } finally {
    onReturn();
  }
}

/** What is left of a reply. */
function rest(streams: ConfigStreams, stream: number | undefined): string {
  let all = "";
  for (let id = stream; id !== undefined; ) {
    const piece = finishJob(streams.read(id));
    all += text(piece.bytes);
    id = piece.stream;
  }
  return all;
}

test("a reply of one piece, or of none, needs no second call", () => {
  const streams = new ConfigStreams();
  using tree = schema.context.emptyTree();
  expect(finishJob(streams.open(tree, source(["a"])))).toEqual({ bytes: Buffer.from("a"), stream: undefined });
  expect(finishJob(streams.open(tree, source([])))).toEqual({ bytes: new Uint8Array(0), stream: undefined });
});

test("pieces come as they are asked for, and pauses are the caller's", () => {
  const streams = new ConfigStreams();
  using tree = schema.context.emptyTree();
  const first = finishJob(streams.open(tree, source(["a", "b", "c"])));
  expect(text(first.bytes)).toBe("a");
  expect(rest(streams, first.stream)).toBe("bc");
});

test("before its tree changes the rest is printed ahead; other trees' replies are left alone", () => {
  const streams = new ConfigStreams();
  using tree = schema.context.emptyTree();
  using other = schema.context.emptyTree();
  const printed: string[] = [];
  const first = finishJob(
    streams.open(
      tree,
      source(["a", "b", "c", "d"], () => printed.push("tree")),
    ),
  );
  const second = finishJob(
    streams.open(
      other,
      source(["x", "y", "z"], () => printed.push("other")),
    ),
  );
  finishJob(streams.beforeChange(tree));
  expect(printed).toEqual(["tree"]);
  expect(rest(streams, first.stream)).toBe("bcd");
  expect(rest(streams, second.stream)).toBe("yz");
});

test("what would be printed ahead beyond the limit is given up, and said to be when it is asked for", () => {
  const streams = new ConfigStreams(4);
  using tree = schema.context.emptyTree();
  let isGivenUp = false;
  const first = finishJob(
    streams.open(
      tree,
      source(["a", "bb", "ccc", "d"], () => {
        isGivenUp = true;
      }),
    ),
  );
  finishJob(streams.beforeChange(tree));
  expect(isGivenUp).toBe(true);
  expect(() => finishJob(streams.read(first.stream as number))).toThrow(RpcError);
  // What it had printed ahead counts no more.
  const again = finishJob(streams.open(tree, source(["1", "2", "3"])));
  finishJob(streams.beforeChange(tree));
  expect(rest(streams, again.stream)).toBe("23");
});

test("a closed reply ends its source", () => {
  const streams = new ConfigStreams();
  using tree = schema.context.emptyTree();
  let isGivenUp = false;
  const { stream } = finishJob(
    streams.open(
      tree,
      source(["a", "b", "c"], () => {
        isGivenUp = true;
      }),
    ),
  );
  streams.close(stream as number);
  streams.close(stream as number);
  expect(isGivenUp).toBe(true);
});

test("a reader gets running as it was when the reply began, whatever is committed meanwhile", () => {
  const fixture = engineFixture(schema);
  const engine: DatastoreEngine = fixture.engine;
  const sessions = Array.from({ length: 2_000 }, (_, n) => session(`2001:db8::${n.toString(16)}`)).join("");
  fixture.editCandidate(edit(bmp(sessions)));
  commit(fixture);
  const before = fixture.getConfig("running");
  const first = finishJob(engine.getConfig("running"));
  expect(first.stream).toBeDefined();
  for (let n = 0; n < 3; n++) {
    fixture.editCandidate(edit(bmp(session("2001:db8::1", `<port>${5000 + n}</port>`))));
    commit(fixture);
  }
  fixture.editCandidate(edit(`<bmp xmlns="urn:bmpconfd:yang:bmp" nc:operation="delete"/>`));
  commit(fixture);
  let all = text(first.bytes);
  for (let stream = first.stream; stream !== undefined; ) {
    const piece = finishJob(engine.readStream(stream));
    all += text(piece.bytes);
    stream = piece.stream;
  }
  expect(all).toBe(before);
  expect(fixture.getConfig("running")).toBe("");
});
