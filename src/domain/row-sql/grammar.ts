import { RowSqlFault } from './fault.ts';
import { reservedWords } from './reserved-words.ts';
import { tokensOf, type Token } from './tokens.ts';
import { rowSqlFunctions, rowSqlMax, type RowSqlFunction, type RowSqlOperator } from './tree.ts';

/** An expression as it was written: names and types are not looked at yet. */
export type Written =
  | { readonly node: 'column'; readonly name: string }
  | { readonly node: 'constant'; readonly value: number | string | boolean | null }
  | { readonly node: 'call'; readonly op: RowSqlOperator; readonly of: readonly Written[] };

/** Names of the columns of an expression, each once; none of a text that is no expression. */
export function columnsWritten(text: string): readonly string[] {
  try {
    return [...new Set(columnsIn(readWritten(text)))];
  } catch (error) {
    if (error instanceof RowSqlFault) return [];
    throw error;
  }
}

function columnsIn(written: Written): readonly string[] {
  if (written.node === 'column') return [written.name];
  return written.node === 'constant' ? [] : written.of.flatMap(columnsIn);
}

/**
 * Reads one expression by the precedence of the engine, which is that of Postgres: OR, AND, NOT, IS, comparisons (of
 * which two in a row need parentheses), BETWEEN and IN, + -, * / %, minus. Throws RowSqlFault.
 */
export function readWritten(text: string): Written {
  const reader = new Reader(tokensOf(text));
  const tree = reader.or();
  reader.refuseRest();
  return tree;
}

class Reader {
  readonly #tokens: readonly Token[];
  #at = 0;
  #depth = 0;
  #nodes = 0;

  constructor(tokens: readonly Token[]) {
    this.#tokens = tokens;
  }

  or(): Written {
    this.#depth++;
    if (this.#depth > rowSqlMax.depth)
      throw new RowSqlFault(`it is nested more than ${rowSqlMax.depth} deep`, 'Make two rules of it.');
    let left = this.#and();
    while (this.#takeWord('or')) left = this.#call('or', [left, this.#and()]);
    this.#depth--;
    return left;
  }

  refuseRest(): void {
    const token = this.#tokens[this.#at];
    if (token !== undefined) throw unexpected(token);
  }

  #and(): Written {
    let left = this.#not();
    while (this.#takeWord('and')) left = this.#call('and', [left, this.#not()]);
    return left;
  }

  #not(): Written {
    let count = 0;
    while (this.#takeWord('not')) count++;
    let inner = this.#is();
    for (let index = 0; index < count; index++) inner = this.#call('not', [inner]);
    return inner;
  }

  #is(): Written {
    let left = this.#comparison();
    while (this.#takeWord('is')) {
      const isNot = this.#takeWord('not');
      const op = this.#takeWord('null')
        ? 'isNull'
        : this.#takeWord('true')
          ? 'isTrue'
          : this.#takeWord('false')
            ? 'isFalse'
            : null;
      if (op === null) throw this.#expected('NULL, TRUE or FALSE');
      left = this.#call(op, [left]);
      if (isNot) left = this.#call('not', [left]);
    }
    return left;
  }

  #comparison(): Written {
    const left = this.#range();
    const sign = this.#takeSign(['=', '<>', '<', '<=', '>', '>=']);
    return sign === null ? left : this.#call(sign, [left, this.#range()]);
  }

  #range(): Written {
    const left = this.#sum();
    const isNot = this.#wordAt(0) === 'not' && ['between', 'in'].includes(this.#wordAt(1) ?? '');
    if (isNot) this.#at++;
    const ranged = this.#takeWord('between')
      ? this.#between(left)
      : this.#takeWord('in')
        ? this.#call('in', [left, ...this.#list()])
        : null;
    if (ranged === null) return left;
    return isNot ? this.#call('not', [ranged]) : ranged;
  }

  #between(left: Written): Written {
    const low = this.#sum();
    if (!this.#takeWord('and')) throw this.#expected('AND');
    return this.#call('between', [left, low, this.#sum()]);
  }

  #sum(): Written {
    let left = this.#product();
    for (let sign = this.#takeSign(['+', '-']); sign !== null; sign = this.#takeSign(['+', '-']))
      left = this.#call(sign, [left, this.#product()]);
    return left;
  }

  #product(): Written {
    let left = this.#signed();
    for (let sign = this.#takeSign(['*', '/', '%']); sign !== null; sign = this.#takeSign(['*', '/', '%']))
      left = this.#call(sign, [left, this.#signed()]);
    return left;
  }

  #signed(): Written {
    const signs: string[] = [];
    for (let sign = this.#takeSign(['+', '-']); sign !== null; sign = this.#takeSign(['+', '-'])) signs.push(sign);
    let inner = this.#primary();
    for (const sign of signs) if (sign === '-') inner = this.#call('negate', [inner]);
    return inner;
  }

  #primary(): Written {
    const token = this.#tokens[this.#at];
    if (token === undefined) throw this.#expected('a column, a constant or a function');
    this.#at++;
    switch (token.kind) {
      case 'number':
      case 'text':
        return this.#counted({ node: 'constant', value: token.value });
      case 'quoted':
        return this.#counted({ node: 'column', name: token.name });
      case 'sign': {
        if (token.value !== '(') throw unexpected(token);
        const inner = this.or();
        if (this.#takeSign([')']) === null) throw this.#expected(')');
        return inner;
      }
      case 'word':
        return this.#word(token);
    }
  }

  #word(token: Extract<Token, { readonly kind: 'word' }>): Written {
    const { value, name } = token;
    const constant = constants.get(value);
    if (constant !== undefined) return this.#counted({ node: 'constant', value: constant });
    if (value === 'case') return this.#case();
    if (isSign(this.#tokens[this.#at], '(')) {
      if (!isFunction(value)) throw unknownFunction(name);
      return this.#call(value, this.#list());
    }
    if (value === 'select') throw new RowSqlFault('it has a query, and is about one row', 'Name columns of the row.');
    if (reservedWords.has(value))
      throw new RowSqlFault(`${name} is a word of SQL and cannot stand here`, `A column is quoted: "${name}".`);
    return this.#counted({ node: 'column', name });
  }

  #case(): Written {
    const of: Written[] = [];
    while (this.#takeWord('when')) {
      of.push(this.or());
      if (!this.#takeWord('then')) throw this.#expected('THEN');
      of.push(this.or());
    }
    if (of.length === 0) throw this.#expected('WHEN');
    of.push(this.#takeWord('else') ? this.or() : { node: 'constant', value: null });
    if (!this.#takeWord('end')) throw this.#expected('END');
    return this.#call('case', of);
  }

  #list(): readonly Written[] {
    if (this.#takeSign(['(']) === null) throw this.#expected('(');
    const listed = [this.or()];
    while (this.#takeSign([',']) !== null) listed.push(this.or());
    if (this.#takeSign([')']) === null) throw this.#expected(')');
    if (listed.length > rowSqlMax.listed)
      throw new RowSqlFault(
        `a list has ${listed.length} members, more than ${rowSqlMax.listed}`,
        'Declare the values of the column instead: category([...]).',
      );
    return listed;
  }

  #call(op: RowSqlOperator, of: readonly Written[]): Written {
    return this.#counted({ node: 'call', op, of });
  }

  #counted(node: Written): Written {
    this.#nodes++;
    if (this.#nodes > rowSqlMax.nodes)
      throw new RowSqlFault(`it has more than ${rowSqlMax.nodes} parts`, 'Make two rules of it.');
    return node;
  }

  #wordAt(ahead: number): string | null {
    const token = this.#tokens[this.#at + ahead];
    return token?.kind === 'word' ? token.value : null;
  }

  #takeWord(word: string): boolean {
    if (this.#wordAt(0) !== word) return false;
    this.#at++;
    return true;
  }

  #takeSign<Sign extends string>(signs: readonly Sign[]): Sign | null {
    const token = this.#tokens[this.#at];
    const sign = signs.find((one) => isSign(token, one)) ?? null;
    if (sign !== null) this.#at++;
    return sign;
  }

  #expected(what: string): RowSqlFault {
    const token = this.#tokens[this.#at];
    const found = token === undefined ? 'it ends' : `${token.written} stands`;
    return new RowSqlFault(`${found} where ${what} is expected`, 'Write one expression that is true or false.');
  }
}

const constants: ReadonlyMap<string, boolean | null> = new Map([
  ['true', true],
  ['false', false],
  ['null', null],
]);

function isSign(token: Token | undefined, sign: string): boolean {
  return token?.kind === 'sign' && token.value === sign;
}

export function isFunction(name: string): name is RowSqlFunction {
  return (rowSqlFunctions as readonly string[]).includes(name);
}

function unknownFunction(name: string): RowSqlFault {
  return new RowSqlFault(`${name}() is no function here`, `There are ${rowSqlFunctions.join(', ')}.`);
}

function unexpected(token: Token): RowSqlFault {
  return new RowSqlFault(
    `${token.written} cannot stand where it does`,
    'Write one expression that is true or false; two comparisons in a row need parentheses or AND.',
  );
}
