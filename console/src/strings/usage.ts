import { count } from './plural';

/** Who called what in the organization, and a key of somebody else. */
export const usage = {
  title: 'Usage',
  lead: 'Who called what in your organization. Counts may lag by some minutes; the audit log is the record of changes.',
  period: 'Period',
  periods: { week: 'Last 7 days', month: 'Last 30 days', quarter: 'Last 90 days' },
  calls: 'Calls over time',
  failures: 'Refusals and faults over time',
  failed: (share: string, n: number, all: number) =>
    `${share} of the calls: ${count(n, 'refusal or fault', 'refusals and faults')} in ${count(all, 'call', 'calls')}.`,
  noFailures: 'Nothing was refused',
  noFailuresText: 'Every call of this time was let through.',
  none: 'No calls in this time',
  noneText: 'A call that was just made is counted within minutes.',
  incomplete: 'There is more than is shown here. Choose a shorter period, or use the API.',
  unusedIncomplete: 'Your organization has more keys than were looked at here. The API lists all of them.',
  utc: 'Days are those of UTC.',
  byWhat: 'Calls by',
  groupBy: 'Count by',
  groups: { key: 'API key', user: 'User', space: 'Space', route: 'Route' },
  all: 'All',
  unused: 'Unused keys',
  unusedFor: 'Not used for',
  days: (days: number) => count(days, 'day', 'days'),
  noUnused: 'Every key is in use',
  noUnusedText: 'No key was left unused for so long. A key that nobody uses is a risk without a benefit.',
  key: 'API key',
  owner: 'Owner',
  created: 'Created',
  lastUsed: 'Last used',
  never: 'Never',
  suspicious: {
    title: 'Suspicious keys',
    what: 'What is unusual',
    calls: 'Calls',
    none: 'Nothing unusual',
    noneText:
      'None of the keys that were looked at came from a new address or was used much more than before.',
    noKeys: 'No key was used in this time',
    lookedAt: (looked: number, used: number) =>
      looked === used
        ? `All ${count(used, 'key', 'keys')} that were used in this time were looked at.`
        : `${count(looked, 'key was', 'keys were')} looked at, the most used of this time. ${count(used, 'key was', 'keys were')} used; open the others to see their flags.`,
  },
  detail: {
    gone: 'Its owner has no such key now: it is revoked, was moved, or never was. The calls of a revoked key stay here for 90 days.',
    allSpaces: 'All that its owner reaches',
  },
};

/** Many users from a file. */
export const imports = {
  title: 'Import users',
  back: 'All users',
  lead: 'Make many users at once, from a CSV file with a header or from JSON lines. Nobody gets a mail.',
  file: 'Choose a file',
  chosen: (name: string) => `${name} was read.`,
  text: 'Or paste its content',
  textHelp:
    'The columns or members are email, name, org_role (optional: member or admin) and password_hash (optional: argon2, bcrypt or scrypt). At most 1,000 rows and 1 MiB.',
  format: 'Format',
  formats: { csv: 'CSV with a header', ndjson: 'JSON, an object a line' },
  example: 'email,name,org_role',
  submit: (n: number) => `Import ${count(n, 'row', 'rows')}`,
  clear: 'Start again',
  preview: 'What will be sent',
  empty: 'Nothing to import yet',
  emptyText: 'Choose a file or paste its content. You see each row before anything is sent.',
  ready: (good: number, bad: number) =>
    bad === 0
      ? `${count(good, 'row is', 'rows are')} ready.`
      : `${count(good, 'row is', 'rows are')} ready, ${count(bad, 'is', 'are')} not and would be refused. The others are made all the same.`,
  columns: {
    row: 'Row',
    email: 'Email',
    name: 'Name',
    role: 'Role',
    password: 'Password',
    problem: 'State',
    result: 'Result',
  },
  hash: 'From its hash',
  noHash: 'None yet',
  fine: 'Ready',
  shown: (n: number, all: number) => `${n} of ${all} rows are shown: those with a problem first.`,
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
    repeated: (row: number) => `The same email address stands in row ${row}.`,
  },
  statuses: { created: 'Made', exists: 'Was there before', refused: 'Refused' },
  results: 'What became of the rows',
  summary: (made: number, there: number, refused: number) =>
    `${made} made, ${there} there before, ${refused} refused.`,
  sending: (n: number, all: number) => `${n} of ${all} rows are done…`,
  stopped: 'It stopped before the end. Send it again: what is done already is told as “Was there before”.',
  again: 'Send it again',
  passwords: 'Who has no password yet gets one by a reset: in the list of users, or by “Forgot password?”.',
};
