/** Path of the module that holds the compiled loops. */
export const kernelModule: string;
/** Compiles kernel.as: the same bytes for the same version of the compiler. */
export function compileKernel(): Promise<Buffer>;
/** The text of the module that holds these bytes. */
export function moduleOf(bytes: Buffer): string;
