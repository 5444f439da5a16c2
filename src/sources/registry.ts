import type { SourceKind, SourceSpec } from '../domain/spec/source-spec.ts';
import { fileDriver } from './file/file-driver.ts';
import { folderDriver } from './folder/folder-driver.ts';
import { kafkaDriver } from './kafka/kafka-driver.ts';
import { postgresDriver } from './postgres/postgres-driver.ts';
import type { Cursor, Source, SourceDeclaration, SourceDriver, SourcePlace } from './port.ts';
import { pushDriver } from './push/push-driver.ts';
import { s3Driver } from './s3/s3-driver.ts';
import { unionDriver } from './union/union-driver.ts';

type SpecOf<Kind extends SourceKind> = Extract<SourceSpec, { readonly kind: Kind }>;

/** Every kind of source; a kind that the domain knows and this record does not is refused by the compiler. */
const drivers: { readonly [Kind in SourceKind]: SourceDriver<SpecOf<Kind>> } = {
  file: fileDriver,
  folder: folderDriver,
  s3: s3Driver,
  postgres: postgresDriver,
  push: pushDriver,
  union: unionDriver((spec) => driverOf(spec)),
  kafka: kafkaDriver,
};

function driverOf(spec: SourceSpec): SourceDriver<SourceSpec> {
  return drivers[spec.kind];
}

/** The declared source, within reach. */
export function connectSource(spec: SourceSpec, place: SourcePlace): Source {
  return driverOf(spec).connect(spec, place);
}

/** Where the rows come from, in one line for people. */
export function describeSource(spec: SourceSpec): string {
  return driverOf(spec).describe(spec);
}

/** The SDK word and its arguments that declare this source in a definition file. */
export function declareSource(spec: SourceSpec): SourceDeclaration {
  return driverOf(spec).declare(spec);
}

/** How far it has been read, for people; null where a cursor says them nothing. */
export function sayCursorOf(spec: SourceSpec, cursor: Cursor): string | null {
  return driverOf(spec).sayCursor?.(spec, cursor) ?? null;
}

/** Names of the secrets that this source needs. */
export function secretsOf(spec: SourceSpec): readonly string[] {
  return driverOf(spec).secretsOf?.(spec) ?? [];
}

/** What a person should know before relying on this source, a sentence each. */
export function caveatsOf(spec: SourceSpec): readonly string[] {
  return driverOf(spec).caveats?.(spec) ?? [];
}
