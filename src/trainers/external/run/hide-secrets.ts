const instead = '[secret]';
/** A line of a secret that is shorter says nothing, and hiding it would make holes everywhere. */
const lineCharsMin = 8;

/** Puts a word in the place of each secret, and of each line of one that has several, wherever they stand in a text. */
export function hiderOf(secrets: readonly string[]): (text: string) => string {
  const hidden = secrets
    .flatMap((secret) => [secret, ...secret.split(/\r?\n/).filter((line) => line.length >= lineCharsMin)])
    .filter((text) => text !== '')
    .toSorted((a, b) => b.length - a.length);
  return (text) => hidden.reduce((shown, secret) => shown.replaceAll(secret, instead), text);
}

/** The same for all texts of a value of JSON, names of members too. */
export function hideIn<Value>(value: Value, hide: (text: string) => string): Value {
  const hidden: Value = JSON.parse(JSON.stringify(value), (_, member: unknown) => {
    if (typeof member === 'string') return hide(member);
    if (typeof member !== 'object' || member === null || Array.isArray(member)) return member;
    return Object.fromEntries(Object.entries(member).map(([name, of]) => [hide(name), of]));
  });
  return hidden;
}
