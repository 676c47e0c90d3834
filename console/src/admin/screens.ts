import type { Section } from '../app/screens';
import { t } from '../strings';

export const adminScreens: Section = {
  path: 'admin',
  label: t.common.administration,
  adminsOnly: true,
  screens: [
    {
      path: 'usage',
      label: t.admin.usage.title,
      icon: 'chart',
      load: async () => (await import('./Usage')).Usage,
    },
  ],
};
