import { lineProblem, NAME_LIMIT } from '../app/line';
import { t } from '../strings';
import { isAddress } from './address';
import { csvRecords } from './csv';

/** The two forms that the API takes, by their media types. */
export type Format = 'text/csv' | 'application/x-ndjson';

/** A row as it will be sent. Its hash is not shown anywhere, so it is not kept either. */
export type Row = {
  /** As the API counts: from 1, without the header and blank lines. */
  row: number;
  /** Where it begins in the file. */
  line: number;
  email: string;
  name: string;
  role: string;
  hash: boolean;
  /** Why the API is going to refuse it. Whether it takes the others is the API's to say. */
  problem: string | null;
};
/** What was read, or why the whole of it cannot be sent. */
export type Read = { format: Format; rows: Row[]; problem: string | null };

export const MOST_BYTES = 1024 * 1024;
const MOST_ROWS = 1000;
const MEMBERS = ['email', 'name', 'org_role', 'password_hash'] as const;
type Member = (typeof MEMBERS)[number];
type Fields = Partial<Record<Member, string>>;

const words = t.admin.imports.problems;

/** Reads a file's text as the API will. */
export function readRows(text: string): Read {
  const plain = text.replace(/^\uFEFF/, '');
  const format: Format = /^\s*[{[]/.test(plain) ? 'application/x-ndjson' : 'text/csv';
  if (plain.trim() === '') return { format, rows: [], problem: null };
  const read = format === 'text/csv' ? ofCsv(plain) : { rows: ofJsonLines(plain), problem: null };
  const problem = read.problem ?? sizeProblem(text, read.rows.length);
  return { format, rows: read.rows, problem };
}

/** The text of a file, or `null` where it is not UTF-8. */
export function decoded(bytes: ArrayBuffer): string | null {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    return null;
  }
}

function sizeProblem(text: string, rows: number): string | null {
  if (new TextEncoder().encode(text).length > MOST_BYTES) return words.tooLarge;
  return rows > MOST_ROWS ? words.tooMany : null;
}

function ofCsv(text: string): { rows: Row[]; problem: string | null } {
  const { records, open } = csvRecords(text);
  const [header, ...rest] = records;
  const columns = (header?.fields ?? []).map((name) => name.trim());
  if (!isHeader(columns)) return { rows: [], problem: words.header };
  const rows = rest.map(({ fields, line }, index) => {
    const found: Fields = {};
    columns.forEach((column, at) => {
      const field = fields[at] ?? '';
      if (field !== '') found[column] = field;
    });
    const wrong = fields.length === columns.length ? null : words.width(columns.length);
    return rowOf(index + 1, line, found, wrong);
  });
  return { rows, problem: open ? words.quote : null };
}

function isHeader(columns: readonly string[]): columns is Member[] {
  const known = (name: string) => MEMBERS.some((member) => member === name);
  const once = new Set(columns).size === columns.length;
  return once && columns.every(known) && columns.includes('email') && columns.includes('name');
}

function ofJsonLines(text: string): Row[] {
  return text
    .split(/\r?\n/)
    .map((content, index) => ({ content, line: index + 1 }))
    .filter(({ content }) => content.trim() !== '')
    .map(({ content, line }, index) => {
      const { fields, problem } = jsonFields(content);
      return rowOf(index + 1, line, fields, problem);
    });
}

function jsonFields(content: string): { fields: Fields; problem: string | null } {
  let value: unknown;
  try {
    value = JSON.parse(content);
  } catch {
    return { fields: {}, problem: words.notJson };
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    return { fields: {}, problem: words.notObject };
  const fields: Fields = {};
  let problem: string | null = null;
  for (const [name, member] of Object.entries(value as Record<string, unknown>)) {
    const known = MEMBERS.find((one) => one === name);
    if (known === undefined) problem ??= words.unknown(name);
    else if (typeof member === 'string') fields[known] = member;
    // What is optional may be `null`.
    else if (member !== null || known === 'email' || known === 'name') problem ??= words.notText(name);
  }
  return { fields, problem };
}

function rowOf(row: number, line: number, fields: Fields, wrong: string | null): Row {
  const { email = '', name = '', org_role: role = 'member', password_hash: hash } = fields;
  const problem = wrong ?? emailProblem(email) ?? nameProblem(name) ?? roleProblem(role);
  return { row, line, email, name: name.trim(), role, hash: hash !== undefined, problem };
}

function emailProblem(email: string): string | null {
  if (email === '') return words.noEmail;
  return isAddress(email) ? null : words.email;
}

function nameProblem(name: string): string | null {
  const problem = lineProblem(name, NAME_LIMIT);
  if (problem === null) return null;
  return problem === 'empty' ? words.noName : words.name;
}

const roleProblem = (role: string): string | null =>
  role === 'member' || role === 'admin' ? null : words.role;
