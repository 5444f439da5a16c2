import type { BatchRuleSeverity, ComparisonSign, RuleSeverity, ServePolicy } from '../closed-sets.ts';

/** Rules beyond those that the features imply (type, missing, range, enum). `reject` refuses the whole batch. */
export type ContractRule =
  | {
      readonly rule: 'unique';
      readonly id: string;
      readonly columns: readonly string[];
      readonly severity: RuleSeverity;
    }
  | CompareRule
  | {
      readonly rule: 'rowCount';
      readonly id: string;
      readonly min: number;
      readonly max?: number;
      readonly severity: BatchRuleSeverity;
    }
  | {
      readonly rule: 'missingShare';
      readonly id: string;
      readonly column: string;
      readonly shareMax: number;
      readonly severity: BatchRuleSeverity;
    }
  | {
      readonly rule: 'freshness';
      readonly id: string;
      readonly column: string;
      readonly ageMsMax: number;
      readonly severity: BatchRuleSeverity;
    };

export interface CompareRule {
  readonly rule: 'compare';
  readonly id: string;
  readonly left: string;
  readonly op: ComparisonSign;
  /** Another column's name, or a constant. */
  readonly right: { readonly column: string } | { readonly value: number | string | boolean };
  readonly severity: RuleSeverity;
  /** Absent: as the contract says; one that only warns is answered. */
  readonly serve?: ServePolicy;
}

export interface ContractSpec {
  readonly rules: readonly ContractRule[];
  /** Share of rows (0..1) that may be quarantined before the whole batch is rejected. */
  readonly quarantineShareMax: number;
  /** What the API does with a row that breaks a rule about single rows; absent: see `served-rules.ts`. */
  readonly serve?: ServePolicy;
}
