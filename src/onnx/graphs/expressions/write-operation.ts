import { msPerUnit } from '../../../domain/features/expressions/closed-sets.ts';
import {
  crossSign,
  type Operation,
  type OperationOf,
  type Operator,
} from '../../../domain/features/expressions/expression.ts';
import { writeCalendar } from './calendar-nodes.ts';
import { writeLog1p } from './log-nodes.ts';
import type { NodeKit } from './node-kit.ts';
import { isEmptyText, writeTextLength } from './text-nodes.ts';

/** Methods, so that the nodes of one operator stand for any. */
type Writers = {
  readonly [Name in Operator]: {
    write(kit: NodeKit, operation: OperationOf<Name>, operands: Operands): string;
  };
};

interface Operands {
  readonly tensors: readonly string[];
  readonly areTexts: readonly boolean[];
}

/** The nodes of one operation over operands that are written; what it means is said in the domain's `evaluate.ts`. */
export function writeOperation(
  kit: NodeKit,
  operation: Operation,
  tensors: readonly string[],
  areTexts: readonly boolean[],
): string {
  const writer: { write(kit: NodeKit, operation: Operation, operands: Operands): string } = writers[operation.op];
  return writer.write(kit, operation, { tensors, areTexts });
}

const folded = (op: string) => ({
  write: (kit: NodeKit, _: unknown, { tensors }: Operands) =>
    tensors.reduce((left, right) => kit.finite(kit.node(op, left, right))),
});

const inCalendar = {
  write: (kit: NodeKit, operation: Parameters<typeof writeCalendar>[1], { tensors }: Operands) =>
    writeCalendar(kit, operation, first(tensors)),
};

const writers: Writers = {
  sum: folded('Add'),
  product: folded('Mul'),
  difference: folded('Sub'),
  ratio: folded('Div'),
  log1p: { write: (kit, _, { tensors }) => writeLog1p(kit, first(tensors)) },
  bucket: {
    write(kit, { edges }, { tensors }) {
      const value = first(tensors);
      const reached = edges.map((edge) => kit.truth(kit.node('GreaterOrEqual', value, kit.double(edge))));
      const count = reached.reduce((left, right) => kit.node('Add', left, right));
      return kit.missingWhere(kit.node('IsNaN', value), count);
    },
  },
  clip: {
    write(kit, { min, max }, { tensors }) {
      const value = first(tensors);
      const below = kit.node('Where', kit.node('Less', value, kit.double(min)), kit.double(min), value);
      return kit.node('Where', kit.node('Greater', value, kit.double(max)), kit.double(max), below);
    },
  },
  hour: inCalendar,
  weekday: inCalendar,
  dayOfMonth: inCalendar,
  month: inCalendar,
  age: {
    write: (kit, { unit }, { tensors: [later = '', earlier = ''] }) =>
      kit.node('Div', kit.finite(kit.node('Sub', later, earlier)), kit.double(msPerUnit[unit])),
  },
  textLength: { write: (kit, _, { tensors }) => writeTextLength(kit, first(tensors)) },
  isWord: {
    write: (kit, { word }, { tensors }) =>
      kit.lookUp(
        first(tensors),
        new Map([
          ['', NaN],
          [word, 1],
        ]),
        0,
      ),
  },
  isMissing: {
    write: (kit, _, { tensors, areTexts }) =>
      areTexts[0] === true ? kit.lookUp(first(tensors), { '': 1 }, 0) : kit.truth(kit.node('IsNaN', first(tensors))),
  },
  cross: {
    write(kit, _, { tensors: [left = '', right = ''] }) {
      const crossed = kit.textNode('StringConcat', [kit.textNode('StringConcat', [left, kit.text(crossSign)]), right]);
      const isMissing = kit.node('Or', isEmptyText(kit, left), isEmptyText(kit, right));
      return kit.node('Where', isMissing, kit.text(''), crossed);
    },
  },
  holds: {
    write(kit, { sign }, { tensors: [left = '', right = ''] }) {
      const isMissing = kit.node('Or', kit.node('IsNaN', left), kit.node('IsNaN', right));
      return kit.missingWhere(isMissing, kit.truth(comparisons[sign](kit, left, right)));
    },
  },
  coalesce: {
    write: (kit, _, { tensors, areTexts }) =>
      tensors.reduceRight((later, earlier) => {
        const isMissing = areTexts[0] === true ? isEmptyText(kit, earlier) : kit.node('IsNaN', earlier);
        return kit.node('Where', isMissing, later, earlier);
      }),
  },
};

type Comparison = (kit: NodeKit, left: string, right: string) => string;

const comparisons: Readonly<Record<OperationOf<'holds'>['sign'], Comparison>> = {
  '<': (kit, left, right) => kit.node('Less', left, right),
  '<=': (kit, left, right) => kit.node('LessOrEqual', left, right),
  '>': (kit, left, right) => kit.node('Greater', left, right),
  '>=': (kit, left, right) => kit.node('GreaterOrEqual', left, right),
  '=': (kit, left, right) => kit.node('Equal', left, right),
  '!=': (kit, left, right) => kit.node('Not', kit.node('Equal', left, right)),
};

function first(tensors: readonly string[]): string {
  return tensors[0] ?? '';
}
