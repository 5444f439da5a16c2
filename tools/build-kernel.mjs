// Compiles the loops of src/trainers/families/gbdt/kernel/kernel.as and writes them as a module of TypeScript, so that
// neither an installation nor a bundle needs the compiler.
//   npm run kernel:build
import { readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import process from 'node:process';
import { fileURLToPath } from 'node:url';
import asc from 'assemblyscript/asc';

const folder = fileURLToPath(new URL('../src/trainers/families/gbdt/kernel/', import.meta.url));
const source = path.join(folder, 'kernel.as');
export const kernelModule = path.join(folder, 'kernel-bytes.ts');
const charactersPerLine = 100;

/** The bytes as WebAssembly; the same for the same version of the compiler. */
export async function compileKernel() {
  const text = await readFile(source, 'utf8');
  /** @type {Uint8Array | null} */
  let bytes = null;
  const options =
    '-O3 --runtime stub --use abort= --enable simd ' + '--importMemory --initialMemory 1 --maximumMemory 65536';
  const { error, stderr } = await asc.main(['kernel.ts', '--outFile', 'kernel.wasm', ...options.split(' ')], {
    readFile: (name) => (name === 'kernel.ts' ? text : null),
    writeFile: (_name, contents) => {
      if (typeof contents !== 'string') bytes = contents;
    },
    listFiles: () => [],
  });
  if (error !== null || bytes === null) throw new Error(`kernel.as does not compile: ${stderr.toString()}`);
  return Buffer.from(bytes);
}

/** The module that holds these bytes. */
export function moduleOf(/** @type {Buffer} */ bytes) {
  const text = bytes.toString('base64');
  const lines = Array.from({ length: Math.ceil(text.length / charactersPerLine) }, (_, line) =>
    text.slice(line * charactersPerLine, (line + 1) * charactersPerLine),
  );
  return `// Written by \`npm run kernel:build\` from kernel.as.
const base64 = [
${lines.map((line) => `  '${line}',\n`).join('')}].join('');

/** The loops as WebAssembly. */
export function kernelBytes(): Uint8Array {
  return Buffer.from(base64, 'base64');
}
`;
}

if (process.argv[1] === fileURLToPath(import.meta.url)) await writeFile(kernelModule, moduleOf(await compileKernel()));
