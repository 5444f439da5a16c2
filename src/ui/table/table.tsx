import type { Child } from 'hono/jsx';

/** A column, declared once: its head, and how a row fills it. */
export interface Column<Row> {
  readonly head: string;
  readonly cell: (row: Row) => Child;
  /** Numbers stand at the right and do not break. */
  readonly isNumber?: boolean;
  /** True for what names the row: a heading to who hears the table. */
  readonly isHeading?: boolean;
  /** `wide` holds sentences, `name` a business identity. */
  readonly width?: 'wide' | 'name';
  /** Where the cell leads. */
  readonly href?: (row: Row) => string;
  /** What the script sorts by, where that is not the text of the cell. */
  readonly sortKey?: (row: Row) => string;
}

export interface TableProps<Row> {
  /** What the table holds, for who hears it: its box scrolls and takes the focus. */
  readonly label: string;
  readonly columns: readonly Column<Row>[];
  readonly rows: readonly Row[];
  /** What stands there in place of a table without rows. */
  readonly empty?: Child;
  readonly caption?: Child;
  /** True where the script may sort it by a click on a head. */
  readonly isSortable?: boolean;
  /** The anchor of a row. */
  readonly rowId?: (row: Row) => string;
}

/** The one table of the pages: it scrolls in its own box, so that the page never scrolls sideways. */
export function Table<Row>({ label, columns, rows, empty, caption, isSortable, rowId }: TableProps<Row>) {
  if (rows.length === 0 && empty !== undefined) return <p class="empty">{empty}</p>;
  return (
    <div class="scroll" tabindex={0} role="group" aria-label={label}>
      <table data-sort={isSortable === true ? true : undefined}>
        {caption === undefined ? null : <caption>{caption}</caption>}
        <thead>
          <tr>
            {columns.map((column) => (
              <th scope="col" class={column.isNumber === true ? 'num' : undefined}>
                {column.head}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {rows.map((row) => (
            <tr id={rowId?.(row)}>
              {columns.map((column) => (
                <Cell column={column} row={row} />
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

function Cell<Row>({ column, row }: { readonly column: Column<Row>; readonly row: Row }) {
  const href = column.href?.(row);
  const content = href === undefined ? column.cell(row) : <a href={href}>{column.cell(row)}</a>;
  if (column.isHeading === true) return <th scope="row">{content}</th>;
  return (
    <td class={column.isNumber === true ? 'num' : column.width} data-value={column.sortKey?.(row)}>
      {content}
    </td>
  );
}
