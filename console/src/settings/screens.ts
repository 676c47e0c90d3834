import type { Section } from '../app/screens';
import { t } from '../strings';

const words = t.settings;

export const settingsScreens: Section = {
  path: 'settings',
  label: t.common.settings,
  adminsOnly: false,
  screens: [
    {
      path: 'profile',
      label: words.profile.title,
      icon: 'user',
      load: async () => (await import('./Profile')).Profile,
    },
  ],
};
