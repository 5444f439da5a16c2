export interface RingProps {
  /** In the order of the loop, clockwise from the top. */
  readonly acts: readonly { readonly name: string; readonly href: string }[];
  /** The act that goes on now. */
  readonly lit: string;
  /** A word or two for the middle. */
  readonly hub: string;
}

const size = 340;
const radius = 112;

/** The loop as a ring of links, the current act lit (and marked `aria-current`, for who does not see colours). */
export function Ring({ acts, lit, hub }: RingProps) {
  const middle = size / 2;
  return (
    <svg class="ring" viewBox={`-24 0 ${size + 48} ${size - 20}`} role="group" aria-label={`The loop; now: ${lit}`}>
      <circle class="arc" cx={middle} cy={middle - 10} r={radius} />
      {acts.map((act, i) => {
        const angle = (2 * Math.PI * i) / acts.length - Math.PI / 2;
        const x = middle + radius * Math.cos(angle);
        const y = middle - 10 + radius * Math.sin(angle);
        const out = radius + 24;
        const isLit = act.name === lit;
        return (
          <a href={act.href} class={isLit ? 'lit' : undefined} aria-current={isLit ? 'step' : undefined}>
            <circle class="act" cx={round(x)} cy={round(y)} r={isLit ? 11 : 7} />
            <text x={round(middle + out * Math.cos(angle) * 1.12)} y={round(middle - 6 + out * Math.sin(angle))}>
              {act.name}
            </text>
          </a>
        );
      })}
      <text class="hub" x={middle} y={middle - 6}>
        {hub}
      </text>
    </svg>
  );
}

function round(x: number): number {
  return Math.round(x * 10) / 10;
}
