import type { Section } from '../app/screens';
import { t } from '../strings';

const words = t.settings;

export const settingsScreens: Section = {
  path: 'settings',
  label: t.common.settings,
  adminsOnly: false,
  screens: [
    {
      path: 'api-keys',
      label: t.keys.title,
      icon: 'key',
      load: async () => (await import('./ApiKeys')).ApiKeys,
    },
    { path: 'api-keys/:id', label: t.keys.title, load: async () => (await import('./ApiKey')).ApiKey },
    {
      path: 'profile',
      label: words.profile.title,
      icon: 'user',
      load: async () => (await import('./Profile')).Profile,
    },
    {
      path: 'password',
      label: words.password.title,
      icon: 'lock',
      load: async () => (await import('./Password')).Password,
    },
    {
      path: 'sessions',
      label: words.sessions.title,
      icon: 'devices',
      load: async () => (await import('./Sessions')).Sessions,
    },
  ],
};
