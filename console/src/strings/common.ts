import { count } from './plural';

export const common = {
  product: 'Qarion',
  pageTitle: (title: string) => `${title} · Qarion`,
  skip: 'Skip to content',
  menu: 'Menu',
  navigation: 'Main',
  settings: 'Settings',
  administration: 'Administration',
  account: 'Account',
  signOut: 'Sign out',
  signInAgain: 'Sign in again',
  theme: 'Theme',
  themes: { system: 'System', light: 'Light', dark: 'Dark' },
  loading: 'Loading…',
  retry: 'Try again',
  reload: 'Reload the page',
  cancel: 'Cancel',
  close: 'Close',
  save: 'Save',
  dismiss: 'Dismiss',
  more: 'Load more',
  actions: 'Actions',
  actionsFor: (name: string) => `Actions for ${name}`,
  copy: 'Copy',
  copied: 'Copied',
  copyFailed: 'Copying was refused. Select the text and copy it.',
  show: 'Show',
  hide: 'Hide',
  optional: 'Optional',
  /** Of what was confirmed, and had changed since it was read. */
  seenChange: 'I have seen what has changed',
  required: 'Fill in this field.',
  tooLong: (most: number) => `At most ${most} characters.`,
  strange: 'Write it in one line, of characters that can be seen.',
  never: 'Never',
  now: 'just now',
  backHome: 'Go to settings',
  notFound: {
    title: 'Page not found',
    text: 'Nothing is at this address. It may have been moved or mistyped.',
  },
  denied: {
    title: 'You may not see this page',
    text: 'It needs a role that your account does not have. An administrator of your organization can give it to you.',
  },
  crashed: {
    title: 'Something went wrong',
    text: 'The page could not be shown. Reload it; if this comes back, tell your administrator what you did.',
  },
  unreachable: {
    title: 'The service does not answer',
    throttled: 'The service takes no more requests for now',
    text: 'You are not signed out.',
  },
  /** Over what was not copied when the session ended. */
  kept: {
    title: 'Copy this first',
    signedOut: 'You signed out in another tab.',
    ended: 'Your session has ended.',
    signedIn: 'You signed in again in another tab.',
  },
  usage: {
    chart: 'Calls over time',
    time: 'Time',
    allowed: 'Allowed',
    forbidden: 'Forbidden',
    unauthorized: 'Refused',
    faults: 'Faults',
    inDays: (n: number, days: number) => `${count(n, 'call', 'calls')} in ${count(days, 'day', 'days')}`,
  },
  errors: {
    offline: 'The service cannot be reached. Check your connection and try again.',
    session: 'Your session has ended. Sign in again.',
    forbidden: 'You may not do this.',
    gone: 'This is no longer here. It may have been removed in the meantime.',
    conflict: 'It was changed at the same time. Look at the new state and try again.',
    /** 412: another person was faster. */
    outdated:
      'Somebody else changed it in the meantime, so yours was not saved. Look at the new state and try again.',
    /** 428: the request came without the version that it replaces. */
    noVersion:
      'Nothing was saved: the request arrived without the version of what it replaces (If-Match). Something between this browser and the service removes it, such as a proxy. Ask whoever runs it.',
    throttled: (seconds: number | null) =>
      seconds === null
        ? 'Too many attempts. Try again later.'
        : `Too many attempts. Try again in ${duration(seconds)}.`,
    unavailable: (seconds: number | null) =>
      seconds === null
        ? 'The service is not available at the moment. Try again shortly.'
        : `The service is not available at the moment. Try again in ${duration(seconds)}.`,
    /** After a change that was not answered. */
    mayBeDone: 'It may have been done all the same: look at the list before you try again.',
    unknown: 'That did not work. Try again.',
    /** 403 of something that a session may do shortly after its beginning. */
    signInAgain: 'This needs a password that was entered within the last minutes.',
    typedIsLost: 'What you typed here is lost.',
  },
};

/** A length of time in its greatest unit, rounded up: nobody is told to come back too early. */
export function duration(seconds: number): string {
  if (seconds < 60) return count(Math.max(1, Math.ceil(seconds)), 'second', 'seconds');
  if (seconds < 3600) return count(Math.ceil(seconds / 60), 'minute', 'minutes');
  if (seconds < 86_400) return count(Math.ceil(seconds / 3600), 'hour', 'hours');
  return count(Math.ceil(seconds / 86_400), 'day', 'days');
}
