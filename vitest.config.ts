import { defineConfig } from "vitest/config";

const withRealPeers = process.env["BMPCONFD_INTEROP"] === "1";

export default defineConfig({
  test: {
    reporters: ["default", "./scripts/summary-reporter.mjs"],
    projects: [
      {
        test: {
          name: "unit",
          include: ["test/**/*.test.ts"],
          exclude: ["test/interop/**"],
          testTimeout: 30_000,
          sequence: { groupOrder: 0 },
        },
      },
      {
        test: {
          name: "libyang-wasm",
          include: ["libyang-wasm/test/**/*.test.ts"],
          exclude: ["libyang-wasm/test/interop/**"],
          setupFiles: ["./libyang-wasm/test/leak-detector.ts"],
          testTimeout: 30_000,
          sequence: { groupOrder: 0 },
        },
      },
      {
        test: {
          name: "interop",
          // Real daemons in network namespaces: they need root and Debian's packages, which `scripts/test.mjs` installs.
          include: withRealPeers ? ["test/interop/**/*.test.ts", "libyang-wasm/test/interop/**/*.test.ts"] : [],
          testTimeout: 90_000,
          hookTimeout: 60_000,
          fileParallelism: false,
          sequence: { groupOrder: 1 },
        },
      },
    ],
  },
});
