import type { Lineage, LineageNode } from '../../domain/record/lineage/lineage.ts';
import { cut } from '../../domain/words/cut.ts';
import { lineagePath, many } from '../words/format.ts';
import { ownerOf } from './thing-path.ts';
import { box, type Drawing as Drawn, type Placed } from './layout.ts';

const textCharsMax = 26;

/** Boxes and lines, oldest above; each box asks about what it names. */
export function Drawing({ found, drawn }: { readonly found: Lineage; readonly drawn: Drawn }) {
  return (
    <figure class="chart lineage">
      <div class="scroll" tabindex={0} role="group" aria-label="Drawing">
        <svg
          width={drawn.width}
          height={drawn.height}
          viewBox={`0 0 ${drawn.width} ${drawn.height}`}
          role="img"
          aria-label="What came of what; the table below says the same"
        >
          {drawn.lines.map(({ from, to }) => (
            <path class="edge" d={curve(from, to)} />
          ))}
          {drawn.placed.map(({ node, x, y }) => (
            <a href={lineagePath(found.model, node)}>
              <g class={node.distance === 0 ? 'thing asked' : 'thing'} transform={`translate(${x} ${y})`}>
                <title>{node.text}</title>
                <rect width={box.width} height={box.height} rx="6" />
                <text x="10" y="18" class="kind">
                  {node.kind}
                </text>
                <text x="10" y="35">
                  {cut(nameOf(found, node), textCharsMax)}
                </text>
              </g>
            </a>
          ))}
        </svg>
      </div>
      <figcaption>
        Every line leads down, to what came of it.
        {drawn.left === 0 ? '' : ` ${many(drawn.left, 'more thing')} ${drawn.left === 1 ? 'is' : 'are'} in the table.`}
      </figcaption>
    </figure>
  );
}

function nameOf(found: Lineage, node: LineageNode): string {
  const { kind, key, text } = node;
  if (kind === 'version') {
    const { model, key: number } = ownerOf(found, node);
    return model === found.model ? `v${number}` : `${model} v${number}`;
  }
  return kind === 'snapshot' || kind === 'source' ? key.slice(0, 16) : kind === 'decision' ? text : key;
}

function curve(from: Placed, to: Placed): string {
  const [startX, endX] = [from.x + box.width / 2, to.x + box.width / 2];
  const startY = from.y + box.height;
  const middle = (startY + to.y) / 2;
  return `M${startX} ${startY} C${startX} ${middle} ${endX} ${middle} ${endX} ${to.y}`;
}
