import type { LinearNumber } from '../../../onnx/graphs/linear-parameters.ts';
import type { NumberSeen } from './stream-state.ts';

/** As in a linear fit: float32, as the graph computes, and nothing of a column that hardly varies. */
export function scalingOf({ count, mean, squares }: NumberSeen): Pick<LinearNumber, 'mean' | 'inverseScale'> {
  const deviation = count === 0 ? 0 : Math.sqrt(squares / count);
  const isConstant = deviation <= 1e-6 * Math.abs(mean) || deviation === 0;
  return { mean: Math.fround(mean), inverseScale: isConstant ? 0 : Math.fround(1 / deviation) };
}
