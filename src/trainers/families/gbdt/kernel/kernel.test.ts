import { describe, expect, it } from 'vitest';
import { lehmer } from '../../../../../tests/worlds/fit-fixture.ts';
import { categoryBins, numberBins } from '../bins.ts';
import { histogramLayout } from '../histogram.ts';
import type { Kernel, KernelSize } from './kernel.ts';
import { referenceKernel } from './reference-kernel.ts';
import { sigmoidStepByStep, sigmoids } from './sigmoids.ts';
import { wasmKernel } from './wasm-kernel.ts';

function expectKernel(size: KernelSize): Kernel {
  const kernel = wasmKernel(size);
  if (kernel === null) throw new Error('a small table fits into the memory of WebAssembly');
  return kernel;
}

/** Gradients of any size, so that rounding is part of what is compared. */
function gradientsOf(rows: number, random: () => number) {
  const gradient = Float64Array.from({ length: rows }, () => (random() - 0.5) * 10 ** (6 * random()));
  const hessian = Float64Array.from({ length: rows }, () => random() * random());
  return { gradient, hessian };
}

describe('the loops in WebAssembly give what plain TypeScript gives, bit for bit', () => {
  // One, two and three columns beyond a pass of four; a block of 65,536 rows and one row more; a single row.
  it.each([
    { rows: 1, features: 1 },
    { rows: 257, features: 6 },
    { rows: 5_000, features: 7 },
    { rows: 65_537, features: 5 },
    { rows: 140_000, features: 4 },
  ])('$rows rows of $features features', (size) => {
    const random = lehmer(size.rows);
    const { rows, features } = size;
    const kernels = [referenceKernel(size), expectKernel(size)] as const;
    // 255 bins and one for missing are a whole byte.
    const bins = Array.from({ length: features }, (_, f) => (f === 0 ? 255 : 1 + Math.floor(random() * 255)));
    for (const [f, count] of bins.entries()) {
      const codes = Float32Array.from({ length: rows }, () => Math.floor(random() * (count + 1)));
      for (const kernel of kernels) kernel.bin(f, categoryBins(count), codes);
    }
    const layout = histogramLayout(bins);
    for (let tree = 0; tree < 2; tree++) {
      const gradients = gradientsOf(rows, random);
      // The second tree sees a share of the rows.
      const all = Int32Array.from({ length: rows }, (_, row) => row);
      const drawn = tree === 0 ? null : all.filter(() => random() < 0.6);
      const [a, b] = kernels.map((kernel) => {
        kernel.gradients.gradient.set(gradients.gradient);
        kernel.gradients.hessian.set(gradients.hessian);
        return kernel.begin(drawn);
      });
      expect(b).toEqual(a);
      let [start, count] = [0, drawn?.length ?? rows];
      for (let depth = 0; depth < 12 && count > 0; depth++) {
        const [plain, fast] = kernels.map((kernel) => {
          // What is left in it from another leaf must not count.
          const out = new Float64Array(layout.cells).fill(7);
          kernel.histogram(out, layout, start, count);
          return Buffer.from(out.buffer);
        });
        expect(plain !== undefined && fast?.equals(plain)).toBe(true);
        const goesLeft = Uint8Array.from({ length: 256 }, () => (random() < 0.7 ? 1 : 0));
        const feature = Math.floor(random() * features);
        const [left = 0, leftToo] = kernels.map((kernel) => kernel.divide(feature, goesLeft, start, count));
        expect(leftToo).toBe(left);
        expect([...kernels[1].order.subarray(start, start + left)]).toEqual([
          ...kernels[0].order.subarray(start, start + left),
        ]);
        [start, count] = depth % 2 === 0 ? [start, left] : [start + left, count - left];
        if (count === 0) break;
      }
    }
  });

  it.each([1, 2, 255, 65_537])('puts %i values into bins', (rows) => {
    const random = lehmer(rows);
    const odd = [NaN, Infinity, -Infinity, 0, -0, 1e-45, 3.4e38];
    const values = Float32Array.from({ length: rows }, (_, row) => odd[row % 37] ?? Math.fround(random() * 20 - 10));
    const size = { rows, features: 2 };
    const [plain, fast] = [referenceKernel(size), expectKernel(size)];
    for (const bins of [numberBins(values), numberBins(values.map((value) => Math.round(value))), categoryBins(250)]) {
      const given = bins.isCoded ? values.map((_, row) => row % 251) : values;
      for (const kernel of [plain, fast]) kernel.bin(1, bins, given);
      expect(fast.columns[1]).toEqual(plain.columns[1]);
    }
  });

  it('answers a sigmoid by the same steps, within 1e-15 of what it is', () => {
    const random = lehmer(5);
    const edges = [0, -0, 1e-300, 36.7, -36.7, 700, -700, 745.2, -745.2, 1e300, -1e300, Infinity, -Infinity];
    const values = Float64Array.from([...edges, ...Array.from({ length: 20_000 }, () => (random() - 0.5) * 80)]);
    const out = new Float64Array(values.length);
    sigmoids(values, out);
    expect(out).toEqual(values.map(sigmoidStepByStep));
    for (const [at, p] of out.entries()) {
      const x = values[at] ?? 0;
      if (Math.abs(x) <= 700) expect(Math.abs(p / (1 / (1 + Math.exp(-x))) - 1)).toBeLessThan(1e-15);
    }
    expect([...out.subarray(9, 13)]).toEqual([1, expect.closeTo(0, 300), 1, expect.closeTo(0, 300)]);
  });

  it('leaves a table that 32-bit pointers do not reach to the other kernel', () => {
    expect(wasmKernel({ rows: 100_000_000, features: 20 })).toBeNull();
  });
});
