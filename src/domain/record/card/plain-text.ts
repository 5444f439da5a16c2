/**
 * Text of somebody else as one line: white space becomes blanks, and what is not seen but changes what is (controls,
 * marks that turn the direction of writing) is taken out. Blanks at its ends stay.
 */
export function plainText(text: string): string {
  return (
    text
      .replaceAll(/\s+/g, ' ')
      // oxlint-disable-next-line no-control-regex -- they are what is taken out
      .replaceAll(/[\u0000-\u001f\u007f-\u009f\u200e\u200f\u202a-\u202e\u2066-\u2069]/g, '')
  );
}
