import type { SourceKind, SourceSpec } from '../domain/spec/source-spec.ts';
import { fileDriver } from './file/file-driver.ts';
import type { Source, SourceDeclaration, SourceDriver, SourcePlace } from './port.ts';

type SpecOf<Kind extends SourceKind> = Extract<SourceSpec, { readonly kind: Kind }>;

/** Every kind of source; a kind that the domain knows and this record does not is refused by the compiler. */
const drivers: { readonly [Kind in SourceKind]: SourceDriver<SpecOf<Kind>> } = { file: fileDriver };

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
