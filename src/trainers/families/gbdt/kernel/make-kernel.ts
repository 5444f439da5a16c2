import type { Kernel, KernelSize } from './kernel.ts';
import { referenceKernel } from './reference-kernel.ts';
import { wasmKernel } from './wasm-kernel.ts';

/** The fastest kernel that fits. Which one it is shows in the time alone: all give the same bytes. */
export function makeKernel(size: KernelSize): Kernel {
  return wasmKernel(size) ?? referenceKernel(size);
}
