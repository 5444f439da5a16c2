import type { Client } from '@temporalio/client';
import type { Logger } from '../telemetry/logger.ts';

/** Value types of temporal.api.enums.v1.IndexedValueType. */
const keyword = 2;
const double = 4;
const bool = 5;

const attributes: Readonly<Record<string, number>> = {
  PerennialModel: keyword,
  PerennialVersion: keyword,
  PerennialStage: keyword,
  PerennialTrigger: keyword,
  PerennialVerdict: keyword,
  PerennialNeedsApproval: bool,
  PerennialScore: double,
};

/** A managed cluster may refuse the operator service: its attributes are then made by its operator (docs/deploy.md). */
export async function registerOrTell(client: Client, log: Logger): Promise<void> {
  await registerSearchAttributes(client).catch((error: unknown) =>
    log.warn({ err: error }, 'search attributes could not be registered'),
  );
}

/**
 * The start flag of the embedded server is ignored for a namespace that exists already, and a cluster has none: so at
 * every start.
 */
async function registerSearchAttributes(client: Client): Promise<void> {
  const { namespace } = client.options;
  const { operatorService } = client.connection as unknown as { operatorService: OperatorService };
  const { customAttributes } = await operatorService.listSearchAttributes({ namespace });
  const missing = Object.fromEntries(
    Object.entries(attributes).filter(([name]) => !(name in (customAttributes ?? {}))),
  );
  if (Object.keys(missing).length > 0)
    await operatorService.addSearchAttributes({ namespace, searchAttributes: missing });
}

interface OperatorService {
  listSearchAttributes(request: { namespace: string }): Promise<{ customAttributes?: Record<string, number> | null }>;
  addSearchAttributes(request: { namespace: string; searchAttributes: Record<string, number> }): Promise<unknown>;
}
