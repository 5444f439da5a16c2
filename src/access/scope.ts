/**
 * True when the glob covers the whole model name; `*` stands for any text, also none. `payments.*` does not cover
 * `payments`, and nothing but `*` is special. Linear in the lengths (greedy with one backtrack point), so that a
 * hostile pattern cannot stall a request.
 */
export function isInScope(glob: string, model: string): boolean {
  let at = 0;
  let star = -1;
  let resume = 0;
  let name = 0;
  while (name < model.length) {
    if (glob[at] === '*') {
      star = at++;
      resume = name;
    } else if (glob[at] === model[name]) {
      at++;
      name++;
    } else if (star >= 0) {
      at = star + 1;
      name = ++resume;
    } else {
      return false;
    }
  }
  while (glob[at] === '*') at++;
  return at === glob.length;
}
