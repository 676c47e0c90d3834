import { count } from './plural';

export const admin = {
  title: 'Administration',
  usage: {
    title: 'Usage',
    lead: 'Who called what in your organization. Counts may lag by some minutes; the audit log is the record of changes.',
    period: 'Period',
    periods: { week: 'Last 7 days', month: 'Last 30 days', quarter: 'Last 90 days' },
    calls: 'Calls over time',
    none: 'No calls in this time',
    noneText: 'A call that was just made is counted within minutes.',
    incomplete: 'There is more than is shown here. Choose a shorter period, or use the API.',
    unusedIncomplete: 'Your organization has more keys than were looked at here. The API lists all of them.',
    utc: 'Days are those of UTC.',
    byWhat: 'Calls by',
    groupBy: 'Count by',
    groups: { key: 'API key', user: 'User', space: 'Space', route: 'Route' },
    all: 'All',
    unused: (days: number) => `Not used for ${count(days, 'day', 'days')}`,
    noUnused: 'Every key is in use',
    noUnusedText: 'A key that nobody uses is a risk without a benefit. Those will be listed here.',
    key: 'API key',
    owner: 'Owner',
    created: 'Created',
    lastUsed: 'Last used',
    never: 'Never',
  },
};
