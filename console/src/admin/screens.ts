import type { Section } from '../app/screens';
import { t } from '../strings';

export const adminScreens: Section = {
  path: 'admin',
  label: t.common.administration,
  adminsOnly: true,
  screens: [],
};
