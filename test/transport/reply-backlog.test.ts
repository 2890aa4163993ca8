import { EventEmitter } from "node:events";
import type { Socket } from "node:net";
import type { Connection } from "ssh2";
import { expect, test } from "vitest";
import { transportLimits } from "../../src/transport/limits.ts";
import { SshConnection } from "../../src/transport/ssh-connection.ts";
import { bobOnly, echo } from "./harness.ts";

/** A socket whose peer does not read: with real ones the kernel takes megabytes first, which takes seconds. */
class UnreadSocket extends EventEmitter {
  writableLength = 0;
  readonly bytesRead = 0;
  isReading = true;

  pause(): void {
    this.isReading = false;
  }

  resume(): void {
    this.isReading = true;
  }
}

test("while a client does not read its answers, its requests are not read", () => {
  const socket = new UnreadSocket();
  const connection = new SshConnection({
    socket: socket as unknown as Socket,
    peer: { address: "192.0.2.1", port: 1 },
    admission: { loggedIn: () => {}, release: () => {} },
    authenticator: bobOnly,
    accept: echo,
    log: () => {},
    limits: transportLimits,
  });
  connection.begin(Object.assign(new EventEmitter(), { _protocol: {} }) as unknown as Connection);

  socket.writableLength = transportLimits.maxReplyBacklogBytes;
  socket.emit("data");
  expect(socket.isReading).toBe(true);
  socket.writableLength++;
  socket.emit("data");
  expect(socket.isReading).toBe(false);
  socket.writableLength = 0;
  socket.emit("drain");
  expect(socket.isReading).toBe(true);
  socket.emit("close");
});
