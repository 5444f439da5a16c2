/**
 * The elements of the list `rows` of a JSON object, each as the text that it came as, on one line: numbers keep the
 * digits that parsing would round away. `body` is valid JSON with such a list; of a member that is there twice the last
 * one counts, as it does for the parser.
 */
export function rowTextsOf(body: string): readonly string[] {
  let rows: readonly string[] = [];
  let at = skipBlank(body, body.indexOf('{') + 1);
  while (body[at] === '"') {
    const keyEnd = skipText(body, at);
    const key: unknown = JSON.parse(body.slice(at, keyEnd));
    const from = skipBlank(body, skipBlank(body, keyEnd) + 1);
    if (key === 'rows') rows = elementsAt(body, from);
    at = skipBlank(body, skipValue(body, from));
    if (body[at] === ',') at = skipBlank(body, at + 1);
  }
  return rows;
}

function elementsAt(body: string, open: number): readonly string[] {
  const elements: string[] = [];
  let at = skipBlank(body, open + 1);
  while (at < body.length && body[at] !== ']') {
    const end = skipValue(body, at);
    // Outside of texts line breaks are blanks, and inside of them JSON has none.
    elements.push(
      body
        .slice(at, end)
        .trimEnd()
        .replaceAll(/[\r\n]/g, ' '),
    );
    at = skipBlank(body, end);
    if (body[at] === ',') at = skipBlank(body, at + 1);
  }
  return elements;
}

/** Behind the value that begins here. */
function skipValue(body: string, from: number): number {
  let depth = 0;
  for (let at = from; at < body.length;) {
    const char = body[at];
    if (char === '"') {
      at = skipText(body, at);
      if (depth === 0) return at;
      continue;
    }
    if (char === '{' || char === '[') depth++;
    else if (char === '}' || char === ']') {
      // Of the object or list that this value is in.
      if (depth === 0) return at;
      if (--depth === 0) return at + 1;
    } else if (char === ',' && depth === 0) return at;
    at++;
  }
  return body.length;
}

/** Behind the text whose first quote is here. */
function skipText(body: string, from: number): number {
  let at = from + 1;
  for (;;) {
    const quote = body.indexOf('"', at);
    if (quote === -1) return body.length;
    let slashes = 0;
    while (body[quote - 1 - slashes] === '\\') slashes++;
    if (slashes % 2 === 0) return quote + 1;
    at = quote + 1;
  }
}

function skipBlank(body: string, from: number): number {
  let at = from;
  while (at < body.length && ' \t\r\n'.includes(body[at] ?? '')) at++;
  return at;
}
