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
  noUnused: 'No key was left unused for so long',
  noUnusedText:
    'Keys that are younger than that are not listed. A key that nobody uses is a risk without a benefit.',
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
    /** `used` is null where there are more than were read. */
    lookedAt: (looked: number, used: number | null) => {
      if (looked === used) {
        return used === 1
          ? '1 key was used in this time, and was looked at.'
          : `All ${count(used, 'key', 'keys')} that were used in this time were looked at.`;
      }
      const all =
        used === null ? 'More were used than are read here' : `${count(used, 'key was', 'keys were')} used`;
      return `${count(looked, 'key was', 'keys were')} looked at, the most used of this time. ${all}; open the others to see their flags.`;
    },
  },
  detail: {
    move: 'Move it, on its owner’s page',
    allSpaces: 'All that its owner reaches',
  },
};
