import { once } from "node:events";
import { type AddressInfo, createServer } from "node:net";
import { expect, onTestFinished, test } from "vitest";
import { Lab } from "../../src/lab/lab.ts";
import { FakeSpeaker } from "./fake-speaker.ts";

async function speakerAndLab(collectorPort: number) {
  const speaker = new FakeSpeaker();
  const bgpTarget = await speaker.listen();
  onTestFinished(() => speaker.close());
  return { speaker, lab: new Lab({ bgpTarget, collectorPort, print: () => {}, log: () => {} }) };
}

test("a lab's neighbour comes to the speaker, and leaves with Cease when the lab stops", async () => {
  const { speaker, lab } = await speakerAndLab(0);
  await lab.start();
  const connection = await speaker.accept();
  expect(await connection.next()).toBe("OPEN");
  await lab.stop();
  expect(await connection.take(2)).toEqual(["Cease, Administrative Shutdown (6/2)", "closed"]);
});

test("a lab whose collector has no port does not start, and can be stopped", async () => {
  const taken = createServer().listen(0, "127.0.0.1");
  await once(taken, "listening");
  onTestFinished(async () => void taken.close());
  const { lab } = await speakerAndLab((taken.address() as AddressInfo).port);
  await expect(lab.start()).rejects.toThrow("another program has the port");
  await lab.stop();
});
