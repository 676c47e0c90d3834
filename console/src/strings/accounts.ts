import { count } from './plural';

/** Dialogues about what has a name: spaces and service accounts. */
const names = {
  name: 'Name',
  rename: 'Rename',
  confirm: (text: string) => `Type ${text} to confirm`,
};

/** Service accounts; what is said of their keys is in `keys`. */
const serviceAccounts = {
  title: 'Service accounts',
  lead: 'Users that cannot log in. Give a program a key of one, and it does not stop when a person leaves.',
  empty: 'No service account yet',
  emptyText: 'Make one for each program or pipeline.',
  create: 'Add service account',
  createTitle: 'Add a service account',
  created: 'The service account is there.',
  name: 'Name',
  back: 'All service accounts',
  facts: 'About this account',
  id: 'Id',
  state: 'State',
  enabled: 'Enabled',
  isDisabled:
    'This account is disabled. Its keys are refused, and it gets no new ones and no new secrets until it is enabled.',
  keys: {
    allSpaces: 'All that the account reaches',
    noSpaces:
      'The spaces cannot be read, so that no key could be limited to some. Reload the page to generate one.',
    chooseHelp: 'The account has to be a member of each of them, or an administrator.',
  },
  rename: { action: 'Rename', title: 'Rename service account', done: 'The service account is renamed.' },
  role: {
    title: (name: string, role: 'member' | 'admin') =>
      role === 'admin' ? `Make ${name} an administrator?` : `Make ${name} a member?`,
    action: { admin: 'Make an administrator', member: 'Make a member' },
    text: {
      admin:
        'Its keys are Admin in every space from the next request, and may do all that you may, within their own limits. You must have signed in within the last minutes.',
      member:
        'From the next request its keys have the roles that the account has in spaces, and no others. What they do elsewhere stops.',
    },
    done: 'The role is changed.',
  },
  disable: {
    action: 'Disable',
    title: (name: string) => `Disable ${name}?`,
    submit: 'Disable account',
    text: 'Its keys are refused from the next request. You can enable the account again.',
    stops: (n: number) => `${count(n, 'live key stops', 'live keys stop')}:`,
    inUse: (ago: string) => `One of them was last used ${ago}: something may depend on it.`,
    nothing: 'It has no live keys: nothing stops.',
    changed: 'Its keys have changed in the meantime, and nothing is disabled yet. Look at them again.',
    done: 'The service account is disabled.',
  },
  enable: {
    action: 'Enable',
    title: (name: string) => `Enable ${name}?`,
    submit: 'Enable account',
    text: 'Its keys work again from the next request, unless they have expired.',
    admin: 'It is an administrator: you must have signed in within the last minutes.',
    done: 'The service account is enabled.',
  },
  remove: {
    action: 'Delete',
    title: (name: string) => `Delete ${name}?`,
    submit: 'Delete account',
    keys: (n: number) =>
      n === 0
        ? 'It has no live keys: nothing stops.'
        : `${count(n, 'live key is', 'live keys are')} refused from the next request, and deleted.`,
    named: 'The keys that go with it:',
    changed: 'Its keys have changed in the meantime, and nothing is deleted yet. Look at them again.',
    spaces: 'It is no member of any space any longer.',
    audit: 'What it did stays in the audit log.',
    forEver: 'This cannot be undone. To stop it for now, disable it.',
    done: (name: string) => `${name} is deleted.`,
  },
};

export const accounts = { names, accounts: serviceAccounts };
