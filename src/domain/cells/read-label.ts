/** An integer that passed through a float column. */
export const pointedPattern = String.raw`^(-?\d+)\.0+$`;

const pointed = new RegExp(pointedPattern);

/** Declared classes that look like an integer that passed through a float column, and are meant so. */
export function pointedClasses(classes: readonly string[]): readonly string[] {
  return classes.filter((word) => pointed.test(word));
}

/** A class label in the words of the business; `1.0` is `1`, unless `1.0` is one of the declared classes. */
export function readLabel(text: string, classes: readonly string[]): string {
  return pointedClasses(classes).includes(text) ? text : text.replace(pointed, '$1');
}
