import { RE2JS } from 're2js';

/** Whether a whole text is as a pattern says: RE2, which takes time in proportion to the text, whatever it is. */
type TextMatcher = (text: string) => boolean;

/** Throws the library's error for what RE2 does not know, such as look-ahead: ask `patternFault` first. */
export function compilePattern(pattern: string): TextMatcher {
  const compiled = RE2JS.compile(pattern);
  return (text) => compiled.matches(text);
}

/**
 * Steps of a compiled pattern. The engine that scans files refuses what needs more than 8 MB, which the widest class
 * (`[\p{L}\p{N}\p{S}]`, repeated) reaches at 370 steps: a pattern that is taken here must not fail every batch there.
 */
const patternStepsMax = 256;

/**
 * Classes of characters by Unicode that both engines know by these names. `C`, `Cn` and `LC` are none of them: they are
 * unknown to one of the two, or another set.
 */
const unicodeClasses: ReadonlySet<string> = new Set(
  (
    'L Ll Lm Lo Lt Lu M Mc Me Mn N Nd Nl No P Pc Pd Pe Pf Pi Po Ps S Sc Sk Sm So Z Zl Zp Zs Cc Cf Co Arabic ' +
    'Armenian Bengali Cyrillic Devanagari Ethiopic Georgian Greek Han Hangul Hebrew Hiragana Katakana Khmer Lao ' +
    'Latin Mongolian Myanmar Sinhala Tamil Telugu Thai Tibetan'
  ).split(' '),
);

/** Why a pattern is not taken; null when it is. */
export function patternFault(pattern: string): string | null {
  const unknown = unknownClass(pattern);
  if (unknown !== null) return `${unknown} is no class of characters that RE2 has everywhere`;
  // The engine of files has not learnt this form of `(?P<name>…)`.
  if (pattern.includes('(?<')) return 'it names a group by (?<; write (?P<name>…)';
  try {
    const steps = RE2JS.compile(pattern).programSize();
    return steps > patternStepsMax ? `it has ${steps} steps, more than ${patternStepsMax}` : null;
  } catch (error) {
    return error instanceof Error ? error.message.replace(/^error parsing regexp: /, '') : 'it cannot be read';
  }
}

/** The first class such as `\p{Cn}` or `\PC` that is not known. */
function unknownClass(pattern: string): string | null {
  // Every backslash is taken with what it escapes: the second one of `\\p` begins nothing.
  for (const { 0: written, 1: braced, 2: letter } of pattern.matchAll(/\\(?:[pP](?:\{\^?([^}]*)\}|([^{]))|[^])/gu)) {
    const name = braced ?? letter;
    if (name !== undefined && !unicodeClasses.has(name)) return written;
  }
  return null;
}
