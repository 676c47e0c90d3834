import { count } from './plural';

const users = {
  title: 'Users',
  lead: 'The people of your organization. What you change holds from their next request.',
  empty: 'There is nobody yet',
  noneFound: 'Nobody has such an address',
  noneFoundText: (prefix: string) => `No email address begins with “${prefix}”.`,
  search: 'Find by email address',
  searchHelp: 'The beginning of the address.',
  disabled: 'Disabled',
  disable: 'Disable…',
  roles: { member: 'Member', admin: 'Administrator' },
  columns: { name: 'Name', role: 'Role', created: 'Created' },
  create: {
    action: 'Add user',
    title: 'Add a user',
    name: 'Name',
    email: 'Email',
    emailWrong: 'This is no email address.',
  },
  rename: {
    action: 'Rename',
    title: 'Rename user',
    done: 'The user has another name.',
  },
  role: {
    action: (now: 'member' | 'admin') => (now === 'admin' ? 'Make a member' : 'Make an administrator'),
    title: (name: string, role: 'member' | 'admin') =>
      role === 'admin' ? `Make ${name} an administrator?` : `Make ${name} a member?`,
    text: {
      admin:
        'An administrator is Admin in every space, and may do all that you may. You must have signed in within the last minutes.',
      member: 'A member has the roles that it has in spaces, and no others.',
    },
    done: 'The role is changed.',
  },
  reset: {
    action: 'Reset password',
    title: (name: string) => `Reset the password of ${name}?`,
    text: 'A link is made with which a new password can be set. The old one works until then.',
  },
  signOut: {
    action: 'Sign out everywhere',
    title: (name: string) => `Sign ${name} out everywhere?`,
    text: 'Every session ends with the next request.',
    keys: 'End all API keys too. What uses them stops.',
    changed: 'The keys have changed in the meantime, and nothing is ended yet. Look at them again.',
    done: 'Signed out everywhere.',
  },
  enable: {
    action: 'Enable',
    title: (name: string) => `Enable ${name}?`,
    text: 'It can log in again, and its API keys that were not ended work again.',
    done: 'The user is enabled.',
  },
  remove: {
    action: 'Delete user',
    title: (name: string) => `Delete ${name}?`,
    consequences: [
      'Nobody signs in with this account again, and its roles in spaces are gone.',
      'Its API keys end for ever. Enable it and move them first if a program needs one.',
      'The audit log keeps what it did.',
    ],
    forEver: 'This cannot be undone.',
    done: (name: string) => `${name} is deleted.`,
  },
  setup: {
    title: (name: string) => `A password for ${name}`,
    mailed: (email: string) => `A mail with a link is on its way to ${email}.`,
    close: 'Done',
  },
  /** A link that an administrator hands over. */
  link: {
    label: 'Link',
    warning: 'Hand this link over yourself. It is shown this once, and is as secret as the password.',
    ends: (time: string) => `It works once, until ${time}.`,
    done: 'I have copied it',
    closeTitle: 'Close without copying?',
    closeText:
      'You have not copied the link. It cannot be shown again; you would have to reset the password.',
    closeAnyway: 'Close anyway',
    goBack: 'Back to the link',
    kept: 'Copy the link now: it stays here for 5 minutes, and cannot be shown again.',
    lostTitle: 'The link is no longer shown',
    lostText: (name: string) =>
      `The session was over, and the link for “${name}” was not copied in time. Sign in and reset the password once more.`,
  },
};

/** One user. */
const user = {
  back: 'All users',
  facts: 'About this user',
  id: 'Id',
  email: 'Email',
  you: 'This is you. Another administrator can disable you or change your role.',
  disabledText: 'This user is disabled: it cannot sign in, and its API keys are refused.',
  sessions: {
    title: 'Sessions',
    empty: 'Nowhere signed in',
    emptyText: 'Sessions of this user will be listed here.',
  },
  spaces: {
    title: 'Spaces',
    empty: 'A member of no space',
    emptyText: 'Add this user as a member on the page of a space.',
    everywhere: 'As an administrator of the organization, this user is Admin in every space, these or not.',
    columns: { name: 'Space', role: 'Role' },
    onlyAdmin: 'Only Admin',
  },
};

const offboarding = {
  disable: 'Disable user',
  disableTitle: (name: string) => `Disable ${name}?`,
  disableText: 'Sessions and API keys stop with the next request. You can enable the user again.',
  stops: (n: number) =>
    n === 1
      ? 'This API key will stop. Move it first if a program uses it.'
      : `${count(n, 'API key', 'API keys')} will stop. Move what a program uses first.`,
  others: (n: number) => `and ${count(n, 'other', 'others')}`,
  disabled: 'The user is disabled.',
  changed: 'What stops has changed in the meantime, and nothing is disabled yet. Look at it again.',
  lastAdmin: 'This is the last administrator of the organization, who cannot be disabled.',
  lastOfSpaces: (n: number) =>
    n === 1
      ? 'This space is left without an Admin among its members:'
      : 'These spaces are left without an Admin among their members:',
  keys: 'What stops with this user',
  keysOfDisabled: 'API keys that work again if this user is enabled',
  noKeys: 'No API key stops',
  noKeysText: 'This user has no live keys. Nothing but its sessions ends.',
  noKeysOfDisabled: 'No API keys',
  noKeysOfDisabledText: 'This user has no live keys.',
  columns: { name: 'API key', lastUsed: 'Last used', callers: 'Called from', goesOn: 'Goes on' },
  nobody: 'nobody yet',
  madeBy: (name: string) => `made by ${name}`,
  move: {
    action: 'Move to a service account',
    title: (name: string) => `Move ${name}`,
    text: 'The secret stays, so that what uses the key goes on. From the next request it has the permissions of the service account. Rotate it when you can.',
    along: (n: number) =>
      n === 1 ? 'A key that it made goes along:' : `${count(n, 'key', 'keys')} that it made go along:`,
    tooMany: (most: number) =>
      `More than ${count(most, 'key', 'keys')} cannot go along. Revoke those that nobody needs first.`,
    to: 'Service account',
    choose: 'Choose…',
    noAccount: 'There is no service account to move it to.',
    changed: 'What goes along has changed in the meantime, and nothing is moved yet. Look at it again.',
    newAccount: 'Add another service account',
    lacking:
      'It loses nothing if you first add the service account to these spaces, with the role that the user has there:',
    loss: 'It may be able to do less than before.',
    gain: 'It may be able to do more than before.',
    done: (n: number) => (n === 1 ? 'The key is moved.' : `${count(n, 'key', 'keys')} are moved.`),
  },
};

export const people = { users, user, offboarding };
