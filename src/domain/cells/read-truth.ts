import { lowerCase } from './missing-words.ts';

export const trueTexts = ['true', 't', 'yes', 'y', '1', '1.0'] as const;
export const falseTexts = ['false', 'f', 'no', 'n', '0', '0.0'] as const;

const truths = new Map<string, boolean>([
  ...trueTexts.map((text) => [text, true] as const),
  ...falseTexts.map((text) => [text, false] as const),
]);

/** True or false; null when the text is no known word for it. */
export function readTruth(text: string): boolean | null {
  return truths.get(lowerCase(text)) ?? null;
}
