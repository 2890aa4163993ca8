/** Octets from hex; blanks are for the reader. */
export function hex(text: string): Uint8Array {
  return Uint8Array.from(Buffer.from(text.replaceAll(/\s/g, ""), "hex"));
}

const MARKER = "ffffffffffffffffffffffffffffffff";

/** A message from the hex of its body. */
export function message(type: number, body: string): Uint8Array {
  const octets = hex(body);
  const length = (19 + octets.length).toString(16).padStart(4, "0");
  return hex(`${MARKER} ${length} ${type.toString(16).padStart(2, "0")} ${body}`);
}

/** An UPDATE from the hex of its three parts. */
export function update({ withdrawn = "", attributes = "", nlri = "" }): Uint8Array {
  const part = (text: string): string => hex(text).length.toString(16).padStart(4, "0") + text;
  return message(2, part(withdrawn) + part(attributes) + nlri);
}

/** What `action` throws. */
export function thrownBy(action: () => unknown): unknown {
  try {
    action();
  } catch (error) {
    return error;
  }
  throw new Error("nothing was thrown");
}
