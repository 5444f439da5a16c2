import type { RoutingSource } from '../ports.ts';
import type { Log } from '../../telemetry/log.ts';
import { reasonOf } from '../../domain/words/reason-of.ts';

/** Says to the database that this process serves; without a live lease it uses no challenger and is not ready. */
export interface Membership {
  /** Joins now (rejects when the database is away) and keeps renewing. */
  join(): Promise<void>;
  isMember(): boolean;
  /** Stops renewing and leaves at once; a failure to say so is only logged, since the lease runs out by itself. */
  leave(): Promise<void>;
}

export interface MembershipOptions {
  readonly leaseMs?: number;
  readonly renewMs?: number;
}

export function createMembership(
  source: Pick<RoutingSource, 'renewMembership' | 'leave'>,
  processId: string,
  log: Log,
  options: MembershipOptions = {},
): Membership {
  const leaseMs = options.leaseMs ?? 5_000;
  const renewMs = options.renewMs ?? 1_500;
  let memberUntilMs = 0;
  let timer: NodeJS.Timeout | undefined;
  let hasLeft = false;
  let renewing: Promise<void> = Promise.resolve();

  const renew = (): Promise<void> => {
    const asked = askAgain();
    renewing = asked.catch(() => undefined);
    return asked;
  };
  const askAgain = async (): Promise<void> => {
    // Counted from before the request: the database's clock starts later, so this process gives up first.
    const askedAtMs = performance.now();
    await source.renewMembership(processId, leaseMs);
    if (!hasLeft) memberUntilMs = askedAtMs + leaseMs;
  };
  const keep = (): void => {
    timer = setTimeout(() => {
      void renew()
        .catch((error: unknown) => log.warn({ reason: reasonOf(error) }, 'the membership lease was not renewed'))
        .finally(() => {
          if (!hasLeft) keep();
        });
    }, renewMs);
    timer.unref();
  };
  return {
    async join() {
      await renew();
      keep();
    },
    isMember: () => performance.now() < memberUntilMs,
    async leave() {
      hasLeft = true;
      memberUntilMs = 0;
      clearTimeout(timer);
      // A renewal under way would otherwise arrive after the leaving and undo it.
      await renewing;
      await source
        .leave(processId)
        .catch((error: unknown) => log.warn({ reason: reasonOf(error) }, 'leaving was not recorded'));
    },
  };
}
