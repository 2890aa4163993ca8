import { expect, test, vi } from "vitest";
import { deviceProblem } from "../../src/net/linux-socket.ts";

vi.mock("node:module", () => ({
  createRequire: () => () => {
    throw new Error("Cannot find module 'koffi'");
  },
}));

test("without koffi a device is a problem, not a crash", () => {
  expect(deviceProblem("lo")).toBe("this needs the optional package koffi, which cannot be loaded here");
});
