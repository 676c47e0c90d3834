import { count } from './plural';

/** Many users from a file. */
export const imports = {
  title: 'Import users',
  back: 'All users',
  lead: 'Make many users at once, from a CSV with a header or from JSON lines. Nobody gets a mail.',
  source: 'What to import',
  file: 'Choose a file',
  chosen: (name: string) => `From ${name}`,
  text: 'Its content',
  textHelp:
    'Choose a file or paste its content: email and name, and if you like org_role (member or admin) and password_hash (argon2, bcrypt or scrypt). At most 1,000 rows and 1 MiB.',
  formats: { 'text/csv': 'CSV', 'application/x-ndjson': 'JSON lines' },
  submit: (n: number) => `Import ${count(n, 'row', 'rows')}`,
  clear: 'Start again',
  change: 'Back to the rows',
  preview: 'What will be sent',
  empty: 'Nothing to import yet',
  emptyText: 'You see each row here before anything is sent.',
  ready: (good: number, bad: number) =>
    bad === 0
      ? `${count(good, 'row is', 'rows are')} ready.`
      : `${count(good, 'row is', 'rows are')} ready. ${count(bad, 'row', 'rows')} would be refused; the others are made all the same.`,
  columns: {
    line: 'Line',
    email: 'Email',
    who: 'Who',
    role: 'Role',
    password: 'Password',
    state: 'State',
    result: 'Result',
  },
  hash: 'From its hash',
  noHash: 'None yet',
  fine: 'Ready',
  problems: {
    notUtf8: 'The file is not UTF-8. Save it as “CSV UTF-8” and choose it again.',
    tooLarge: 'That is more than 1 MiB. Split it into several files.',
    tooMany: 'That is more than 1,000 rows. Split it into several files.',
    header:
      'The first line has to name email and name; it may name org_role and password_hash, each once, and nothing else.',
    quote: 'A quote is opened and never closed.',
    width: (n: number) => `It has to have ${count(n, 'field', 'fields')}, as the header has.`,
    notJson: 'This line is not valid JSON.',
    notObject: 'This line is no JSON object.',
    unknown: (member: string) => `${member} is not known here.`,
    notText: (member: string) => `${member} has to be a text.`,
    noEmail: 'The email address is missing.',
    email: 'This is no email address.',
    noName: 'The name is missing.',
    name: 'The name has at most 200 characters, in one line.',
    role: 'The role is member or admin.',
  },
  statuses: { created: 'Made', exists: 'Was there before', refused: 'Refused' },
  results: 'What became of the rows',
  summary: (made: number, there: number, refused: number) =>
    `${made} made, ${there} there before, ${refused} refused.`,
  sending: (n: number, all: number) => `${n} of ${count(all, 'row', 'rows')} done…`,
  goOn: (row: number) => `Go on from row ${row}`,
  stopped: 'It stopped before the end. What is done stays done, and is not made twice if you go on.',
  passwords:
    'Who has no password yet gets one by a reset: from the list of users, or by “Forgot password?” when they sign in.',
};
