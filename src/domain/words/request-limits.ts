/** Bounds of one request to the inference port, as they are held and as they are described. */
export const rowsMax = 1_000;
export const labelsMax = 10_000;
export const inferenceBodyBytesMax = 4 * 1_048_576;
/** Longer texts are not categories but documents, and would fill the log. */
export const textCharsMax = 4_096;
