import { headerRefs, refusalRefs } from '../../contracts/openapi/openapi-parts.ts';
import { read, type Json } from './openapi-operations.ts';

/** Health, metrics and descriptions. */
export function servicePaths(): Json {
  const text = (type: string): Json => ({
    description: 'Text.',
    headers: headerRefs(['X-Request-Id']),
    content: { [type]: { schema: { type: 'string' } } },
  });
  const live = {
    type: 'object',
    properties: { status: { type: 'string' }, models: { type: 'integer' }, modelsAway: { type: 'integer' } },
    required: ['status'],
  };
  return {
    '/health/live': { get: read('live', 'Service', 'The process runs', [], live, [500], true) },
    '/health/ready': { get: read('ready', 'Service', 'The process should get traffic', [], live, [500, 503], true) },
    '/metrics': {
      get: {
        operationId: 'metrics',
        tags: ['Service'],
        summary: 'Metrics for Prometheus, of all processes',
        security: [{ bearer: [] }],
        responses: { 200: text('text/plain'), ...refusalRefs([401, 403, 429, 500, 503]) },
      },
    },
    '/openapi.json': { get: read('openapi', 'Service', 'This description', [], { type: 'object' }, [500], true) },
    '/docs/errors': {
      get: {
        operationId: 'errorCodes',
        tags: ['Service'],
        summary: 'What codes of refusals mean',
        security: [],
        responses: { 200: text('text/html'), ...refusalRefs([500]) },
      },
    },
  };
}
