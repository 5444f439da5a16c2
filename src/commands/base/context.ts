import type { Principal } from '../../access/principal.ts';
import type { Database } from '../../db/base/connect.ts';
import type { CommandBus } from '../../domain/record/messages.ts';
import type { PlatformCosts } from '../../domain/record/portfolio.ts';
import type { SigningSettings } from '../../outbound/post-signed.ts';
import type { SourceRoot } from '../../settings/source-roots.ts';
import type { PushedRows } from '../../sources/push/pushed-rows.ts';

/** What every verb is given: who asks, where facts are, and how a word reaches a workflow. */
export interface CommandContext {
  readonly database: Database;
  readonly bus: CommandBus;
  readonly principal: Principal;
  /** What the platform costs, where an operator declared it. */
  readonly costs?: PlatformCosts;
  /** What definitions may name as their source; without any, none that trains is taken. */
  readonly sourceRoots?: readonly SourceRoot[];
  /** `host:port` on the inside of the network that definitions may name as the endpoint of their source. */
  readonly sourcePrivateHosts?: readonly string[];
  /** Of which no definition may name anything but a table. */
  readonly stateDir?: string;
  /** The secrets that a model's definition may name, of those that this process is given. */
  readonly secretsFor?: (model: string) => (name: string) => Promise<string>;
  /** Rows that were pushed to a model. */
  readonly pushedOf?: (model: string) => PushedRows;
  /** Where samples of sources lie while they are looked at; it is made when one is. */
  readonly sampleDir?: string;
  /** Bytes that one token may upload in 24 hours. */
  readonly uploadBytesPerDay?: number;
  /** For a test delivery to a webhook. */
  readonly webhooks?: SigningSettings;
}

/** What every command carries beside its own input. */
export interface CommandInput {
  readonly model: string;
  /** A client's own name for this command, sent again with a retry; null makes one up. */
  readonly key: string | null;
  readonly reason: string;
  /** `If-Match`: the ETag of the model as it was when somebody decided this; absent decides on whatever stands. */
  readonly ifMatch?: string | null | undefined;
}
