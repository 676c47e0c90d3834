import type { Section } from '../app/screens';
import { t } from '../strings';

export const adminScreens: Section = {
  path: 'admin',
  label: t.common.administration,
  adminsOnly: true,
  screens: [
    {
      path: 'users',
      label: t.admin.users.title,
      icon: 'users',
      load: async () => (await import('./Users')).Users,
    },
    {
      path: 'users/import',
      label: t.admin.imports.title,
      load: async () => (await import('./Import')).Import,
    },
    {
      path: 'users/:id',
      label: t.admin.users.title,
      load: async () => (await import('./User')).User,
    },
    {
      path: 'users/:id/api-keys/:key',
      label: t.keys.title,
      load: async () => (await import('./UserKey')).UserKey,
    },
    {
      path: 'service-accounts',
      label: t.admin.accounts.title,
      icon: 'robot',
      load: async () => (await import('./ServiceAccounts')).ServiceAccounts,
    },
    {
      path: 'service-accounts/:id',
      label: t.admin.accounts.title,
      load: async () => (await import('./ServiceAccount')).ServiceAccount,
    },
    {
      path: 'service-accounts/:id/api-keys/:key',
      label: t.admin.accounts.title,
      load: async () => (await import('./AccountKey')).AccountKey,
    },
    {
      path: 'spaces',
      label: t.admin.spaces.title,
      icon: 'spaces',
      load: async () => (await import('./Spaces')).Spaces,
    },
    {
      path: 'spaces/:slug',
      label: t.admin.spaces.title,
      load: async () => (await import('./Space')).Space,
    },
    {
      path: 'policy',
      label: t.admin.policy.title,
      icon: 'shield',
      load: async () => (await import('./Policy')).Policy,
    },
    {
      path: 'audit',
      label: t.admin.audit.title,
      icon: 'list',
      load: async () => (await import('./Audit')).Audit,
    },
    {
      path: 'usage',
      label: t.admin.usage.title,
      icon: 'chart',
      load: async () => (await import('./Usage')).Usage,
    },
  ],
};
