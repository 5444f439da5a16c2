import type { FailureLimit } from '../access/failure-limit.ts';
import type { ArtifactStore } from '../artifacts/artifact-store.ts';
import type { Principal } from '../access/principal.ts';
import type { Database } from '../db/base/connect.ts';
import type { EntityNames } from '../domain/record/entity-names.ts';
import type { CommandBus } from '../domain/record/messages.ts';
import type { PlatformCosts } from '../domain/record/portfolio.ts';
import type { SigningKey } from '../model-signing/signing-key.ts';
import type { SigningSettings } from '../outbound/post-signed.ts';
import type { SourceRoot } from '../settings/source-roots.ts';
import type { PushedRows } from '../sources/push/pushed-rows.ts';
import type { ControlMetrics } from '../telemetry/control-metrics.ts';
import type { Log } from '../telemetry/log.ts';
import type { Tracer } from '../telemetry/tracer.ts';

export interface ApiDependencies {
  readonly database: Database;
  /** The same by a login that only reads, for what pages show; absent where there is one login. */
  readonly readDatabase?: Database;
  readonly bus: CommandBus;
  readonly log: Pick<Log, 'info' | 'error'>;
  /** Files of versions and quarantined rows, for the pages that hand them out. */
  readonly store?: ArtifactStore;
  /** The key that signs exports, read when one is asked for. */
  readonly signingKey?: () => Promise<SigningKey>;
  /** What entities are called in the log, to find their rows. */
  readonly entities?: EntityNames;
  /** Scratch folder of uploads, on the disk of the artifact store. */
  readonly importDir?: string;
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
  /** Where browsers find the pages; with https, cookies are for https only. */
  readonly controlUrl?: string;
  /** Where clients find inference, for the descriptions of its calls. */
  readonly inferenceUrl?: string;
  readonly metrics?: ControlMetrics;
  /** True answers `GET /metrics` without a token. */
  readonly hasPublicMetrics?: boolean;
  readonly tracer?: Tracer;
  /** Origins whose web pages may call the API. */
  readonly allowedOrigins?: readonly string[];
  /** Wrong tokens and sign-ins that one address may send in a minute. */
  readonly failuresPerMinute?: number;
}

/** A sentence for the next page that a browser is shown. */
export interface Notice {
  readonly kind: 'done' | 'failed';
  readonly text: string;
}

/** What middleware leaves for handlers. */
export interface ApiEnvironment {
  Variables: { requestId: string; principal: Principal; failures: FailureLimit; notice: Notice | null };
}
