/** Groups of the reference page, in its order. */
export const tags: readonly { readonly name: string; readonly description: string }[] = [
  { name: 'Models', description: 'What is, and what was.' },
  { name: 'Commands', description: 'What changes a model.' },
  { name: 'Alerts and runs', description: 'What needs attention, and what runs.' },
  { name: 'Events', description: 'What happened, in order, for other systems.' },
  { name: 'Access', description: 'Tokens, and the audit.' },
  { name: 'Service', description: 'Health, metrics, and this description.' },
];

const readsOfModel = 'settled|history|champion|spec|rollouts|versions|versions/\\{version\\}|openapi\\.json';
const reads = new RegExp(`^/v1/models(/\\{name\\})?(/(${readsOfModel}))?$`);

export function tagOf(path: string): string {
  if (reads.test(path)) return 'Models';
  if (/^\/v1\/(alerts|runs|trainings|trainer-workers)/.test(path)) return 'Alerts and runs';
  if (/^\/v1\/(events|webhooks)/.test(path)) return 'Events';
  if (/^\/v1\/(tokens|audit|sign)/.test(path)) return 'Access';
  return /^\/v1\/(?!errors)/.test(path) ? 'Commands' : 'Service';
}

/**
 * `GET /v1/models/{name}/versions/{version}` is `getModelsByNameVersionsByVersion`: unique, and stable while the path
 * is.
 */
export function operationIdOf(method: string, path: string): string {
  const words = path
    .replace(/^\/v1/, '')
    .split(/[/.-]/)
    .filter((word) => word !== '')
    .map((word) => (word.startsWith('{') ? `By${capital(word.slice(1, -1))}` : capital(word)));
  return `${method}${words.join('')}`;
}

function capital(word: string): string {
  return `${word.charAt(0).toUpperCase()}${word.slice(1)}`;
}
