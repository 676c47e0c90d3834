/** A record of a CSV, and the line of the file where it begins. */
export type CsvRecord = { fields: string[]; line: number };

/**
 * The records of a CSV (RFC 4180): commas, and quotes that hold commas, line breaks and, doubled, quotes. Lines end by
 * CR, LF or both; blank ones are none. `open` is whether the last quote was never closed.
 */
export function csvRecords(text: string): { records: CsvRecord[]; open: boolean } {
  const records: CsvRecord[] = [];
  let [fields, field, quoted, wasQuoted] = [[] as string[], '', false, false];
  let [line, begun] = [1, 1];
  const endRecord = () => {
    if (fields.length > 0 || field !== '' || wasQuoted)
      records.push({ fields: [...fields, field], line: begun });
    [fields, field, wasQuoted] = [[], '', false];
  };
  for (let at = 0; at < text.length; at += 1) {
    const sign = text.charAt(at);
    const isBreak = sign === '\n' || (sign === '\r' && text.charAt(at + 1) !== '\n');
    if (isBreak) line += 1;
    if (quoted) {
      if (sign !== '"') field += sign;
      else if (text.charAt(at + 1) === '"') {
        field += '"';
        at += 1;
      } else quoted = false;
    } else if (sign === '"' && field === '' && !wasQuoted) {
      [quoted, wasQuoted] = [true, true];
    } else if (sign === ',') {
      fields.push(field);
      [field, wasQuoted] = ['', false];
    } else if (isBreak) {
      endRecord();
      begun = line;
    } else if (sign !== '\r') field += sign;
  }
  endRecord();
  return { records, open: quoted };
}
