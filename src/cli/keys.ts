import { emitKeypressEvents } from "node:readline";
import { PassThrough } from "node:stream";

/** A key as Node's readline knows it. */
export interface Key {
  /** What it types; undefined = nothing. */
  readonly text: string | undefined;
  /** As in `ctrl-c`, `meta-left`, `space`, `a`; "" where it has none. */
  readonly name: string;
  readonly raw: { readonly name?: string; readonly ctrl?: boolean; readonly meta?: boolean; readonly shift?: boolean };
}

/** Keys in what a terminal sends: UTF-8, and the escape sequences of keys that type nothing. */
export class KeyDecoder {
  readonly #input = new PassThrough();

  constructor(pressed: (key: Key) => void) {
    emitKeypressEvents(this.#input);
    this.#input.on("keypress", (text: string | undefined, raw: Key["raw"]) =>
      pressed({ text, raw, name: nameOf(raw) }),
    );
  }

  /** Resolves when the keys in `bytes` were given. */
  push(bytes: Uint8Array): Promise<void> {
    return new Promise((resolve) => {
      this.#input.write(bytes, () => setImmediate(resolve));
    });
  }

  close(): void {
    this.#input.destroy();
  }
}

const nameOf = ({ name = "", ctrl, meta }: Key["raw"]): string =>
  `${ctrl === true ? "ctrl-" : ""}${meta === true ? "meta-" : ""}${name}`;
