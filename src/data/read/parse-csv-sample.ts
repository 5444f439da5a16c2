export interface CsvMarks {
  readonly delimiter: string;
  readonly quote: '"' | "'";
  /** Character before a quote that is part of a quoted cell: the quote itself (RFC 4180) or a backslash. */
  readonly escape: '"' | "'" | '\\';
}

interface CsvSample {
  readonly records: string[][];
  /** Records in which text follows a closing quote: a sign that the marks are not the right ones. */
  readonly malformed: number;
}

/** Records of a sample of CSV text, at most `recordsMax`; a last record cut off by the sample's end is dropped. */
export function parseCsvSample(text: string, marks: CsvMarks, recordsMax: number, isWhole: boolean): CsvSample {
  const { delimiter, quote, escape } = marks;
  const records: string[][] = [];
  let record: string[] = [];
  let cell = '';
  let isQuoted = false;
  let hasQuotes = false;
  let malformed = 0;
  let isMalformed = false;
  const endCell = () => {
    record.push(hasQuotes ? cell : cell.trim());
    cell = '';
    hasQuotes = false;
  };
  const endRecord = () => {
    endCell();
    // A blank line is not a record, unless the table has one column, where it is of no use either.
    if (record.length > 1 || record[0] !== '') records.push(record);
    record = [];
    if (isMalformed) malformed++;
    isMalformed = false;
  };
  for (let i = 0; i < text.length && records.length < recordsMax; i++) {
    const character = text[i] ?? '';
    if (isQuoted) {
      if (character === escape && text[i + 1] === quote) cell += text[++i] ?? '';
      else if (character !== quote) cell += character;
      else isQuoted = false;
    } else if (character === quote && cell.trim() === '') {
      isQuoted = true;
      hasQuotes = true;
      cell = '';
    } else if (character === delimiter) endCell();
    else if (character === '\n' || character === '\r') {
      if (character === '\r' && text[i + 1] === '\n') i++;
      endRecord();
    } else {
      isMalformed ||= hasQuotes && character.trim() !== '';
      cell += character;
    }
  }
  if (isWhole && records.length < recordsMax && (cell !== '' || record.length > 0)) endRecord();
  return { records, malformed };
}
