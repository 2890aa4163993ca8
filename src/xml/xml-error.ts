/** The text is not well-formed XML 1.0 with namespaces (`malformed`), or more than we read (`too-big`). */
export class XmlError extends Error {
  readonly reason: "malformed" | "too-big";

  constructor(reason: XmlError["reason"], message: string) {
    super(message);
    this.name = "XmlError";
    this.reason = reason;
  }
}

export const malformed = (message: string): XmlError => new XmlError("malformed", message);
export const tooBig = (message: string): XmlError => new XmlError("too-big", message);
export const malformedTag = (name: string): XmlError => malformed(`The tag <${name}> is not formed as XML has it.`);
