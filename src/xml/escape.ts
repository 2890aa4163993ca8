const ESCAPES: Readonly<Record<string, string>> = {
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
  '"': "&quot;",
  "\n": "&#10;",
  "\r": "&#13;",
  "\t": "&#9;",
};

const escaped = (character: string): string => ESCAPES[character] ?? "\ufffd";

/** Text as element content. What XML cannot hold at all becomes U+FFFD. */
export const escapeText = (text: string): string =>
  text.replace(/[&<>\r]|[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\u{10000}-\u{10ffff}]/gu, escaped);

/** Text as the value of an attribute in double quotes; white space survives attribute value normalisation. */
export const escapeAttribute = (text: string): string =>
  text.replace(/[&<>"\t\n\r]|[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\u{10000}-\u{10ffff}]/gu, escaped);
