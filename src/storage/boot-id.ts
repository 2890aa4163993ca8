import { existsSync, readFileSync } from "node:fs";

const PATH = "/proc/sys/kernel/random/boot_id";

/** Names the time since the machine started (random(4)); the same for all of it. Empty where the system has no such. */
export const bootId = (): string => (existsSync(PATH) ? readFileSync(PATH, "utf8").trim() : "");
