import { defineConfig } from "vitest/config";

export default defineConfig({
  test: {
    include: ["test/**/*.test.ts", "libyang-wasm/test/**/*.test.ts"],
    // Real peers live in their own namespaces and need a real process; `scripts/test.mjs` says when they run.
    exclude: process.env["BMPCONFD_INTEROP"] === "1" ? [] : ["test/interop/**"],
    testTimeout: 30_000,
  },
});
