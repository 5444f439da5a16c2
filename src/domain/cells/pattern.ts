import { RE2JS } from 're2js';

/** Whether a whole text is as a pattern says: RE2, which takes time in proportion to the text, whatever it is. */
type TextMatcher = (text: string) => boolean;

/** Throws the library's error for what RE2 does not know, such as look-ahead: ask `patternFault` first. */
export function compilePattern(pattern: string): TextMatcher {
  const compiled = RE2JS.compile(pattern);
  return (text) => compiled.matches(text);
}

/** Why RE2 does not take a pattern; null when it does. */
export function patternFault(pattern: string): string | null {
  try {
    RE2JS.compile(pattern);
    return null;
  } catch (error) {
    return error instanceof Error ? error.message.replace(/^error parsing regexp: /, '') : 'it cannot be read';
  }
}
