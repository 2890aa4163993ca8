/** A literal of XPath 1.0, as keys in the path of an instance are; it cannot hold both kinds of quotes. */
export const quoted = (text: string): string => (text.includes("'") ? `"${text}"` : `'${text}'`);
