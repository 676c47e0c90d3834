import { describe, expect, it } from 'vitest';
import { csvRecords } from './csv';
import { decoded, readRows } from './import-rows';

const problems = (text: string) => readRows(text).rows.map((row) => row.problem);

describe('a CSV', () => {
  it('has columns in any order, and quotes that hold commas, lines and quotes', () => {
    const text =
      '\uFEFForg_role,name,email\r\nadmin,"Doe, ""J"" Jane",jane@example.test\r\n\r\n,B,b@example.test';
    expect(readRows(text)).toEqual({
      format: 'text/csv',
      problem: null,
      rows: [
        {
          row: 1,
          line: 2,
          email: 'jane@example.test',
          name: 'Doe, "J" Jane',
          role: 'admin',
          hash: false,
          problem: null,
        },
        { row: 2, line: 4, email: 'b@example.test', name: 'B', role: 'member', hash: false, problem: null },
      ],
    });
  });

  it('is split as RFC 4180 has it', () => {
    const fields = (text: string) => csvRecords(text).records.map((record) => record.fields);
    expect(fields('a,"b\nc",""\n"d"\n')).toEqual([['a', 'b\nc', ''], ['d']]);
    expect(fields('a"b,c')).toEqual([['a"b', 'c']]);
    expect(fields('a,\r,b')).toEqual([
      ['a', ''],
      ['', 'b'],
    ]);
    expect(fields('""')).toEqual([['']]);
    expect(csvRecords('a\n"b\r\nc"\nd').records.map((record) => record.line)).toEqual([1, 2, 4]);
  });

  it.each(['email', 'name,org_role', 'email,name,email', 'email,name,role', 'email;name', 'a@b,A'])(
    'with the header %s is not sent',
    (header) => {
      const { rows, problem } = readRows(`${header}\na@b,A\n`);
      expect(rows).toEqual([]);
      expect(problem).toContain('The first line');
    },
  );

  it('tells of each row what is wrong with it', () => {
    const text = 'email,name,org_role\na@b,A\nnobody,A,\n,A,\na@b, ,\na@b,A,owner\na@b,A\u202Eb,\na@b,A,\n';
    expect(problems(text)).toEqual([
      'It has to have 3 fields, as the header has.',
      'This is no email address.',
      'The email address is missing.',
      'The name is missing.',
      'The role is member or admin.',
      'The name has at most 200 characters, in one line.',
      null,
    ]);
  });

  it('with a quote that is never closed is not sent', () => {
    expect(readRows('email,name\na@b,"A\nc@d,C\n').problem).toContain('A quote');
  });

  it('keeps no hash', () => {
    const { rows } = readRows('email,name,password_hash\na@b,A,$2b$12$secret\nc@d,C,\n');
    expect(rows.map((row) => row.hash)).toEqual([true, false]);
    expect(JSON.stringify(rows)).not.toContain('secret');
  });
});

describe('JSON lines', () => {
  it('are rows, blank lines left out', () => {
    const text =
      '{"email":"a@b","name":"A","org_role":null}\n\n{"name":"C","email":"c@d","password_hash":"x"}\n';
    const { format, rows } = readRows(text);
    expect(format).toBe('application/x-ndjson');
    expect(rows.map(({ row, line, email, role, hash }) => [row, line, email, role, hash])).toEqual([
      [1, 1, 'a@b', 'member', false],
      [2, 3, 'c@d', 'member', true],
    ]);
  });

  it('tell of each what is wrong with it', () => {
    const lines = [
      '{',
      '[]',
      '{"email":"a@b","name":"A","disabled":true}',
      '{"email":"a@b","name":7}',
      '{"email":"a@b"}',
      '{"email":"a@b","name":"A"}',
    ];
    expect(problems(lines.join('\n'))).toEqual([
      'This line is not valid JSON.',
      'This line is no JSON object.',
      'disabled is not known here.',
      'name has to be a text.',
      'The name is missing.',
      null,
    ]);
  });
});

it('nothing is no rows', () => {
  expect(readRows(' \n')).toEqual({ format: 'text/csv', rows: [], problem: null });
});

it('too much is not sent', () => {
  const rows = (n: number) => `email,name\n${'a@b,A\n'.repeat(n)}`;
  expect(readRows(rows(1000)).problem).toBeNull();
  expect(readRows(rows(1001)).problem).toContain('1,000 rows');
  expect(readRows(`email,name\na@b,${'ä'.repeat(600_000)}\n`).problem).toContain('1 MiB');
});

it('a file that is not UTF-8 is none', () => {
  const bytes = (...values: number[]) => new Uint8Array(values).buffer;
  expect(decoded(bytes(0xc3, 0xa4))).toBe('ä');
  expect(decoded(bytes(0xe4))).toBeNull();
});
