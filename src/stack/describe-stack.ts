import type { StartedStack } from './start-stack.ts';

/** The few lines that a person needs. */
export function describeStack(stack: StartedStack): string {
  const rows = [
    ['pages', `${stack.controlUrl}  (\`npx perennial open\` signs a browser in)`],
    ['control API', `${stack.controlUrl}/docs`],
    ['inference', stack.inferenceUrl],
    ['Temporal UI', stack.temporalUiUrl ?? 'as configured'],
    ['tokens', `${stack.tokensFile} (mode 0600)`],
  ];
  return [
    ...rows.map(([name = '', value = '']) => `  ${name.padEnd(12)} ${value}`),
    ...stack.movedPorts.map((text) => `  note         ${text}`),
  ].join('\n');
}
