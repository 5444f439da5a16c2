/** Why an expression is not taken, and the way out. */
export class RowSqlFault extends Error {
  readonly fix: string;

  constructor(message: string, fix: string) {
    super(message);
    this.name = 'RowSqlFault';
    this.fix = fix;
  }
}
