import type { ComponentType } from 'react';
import type { IconName } from '../components/Icon';
import { adminScreens } from '../admin/screens';
import { settingsScreens } from '../settings/screens';

/**
 * A screen: where it is, and how it is loaded when it is first opened. One with an `icon` stands in the navigation;
 * one without is reached from another (`users/:id`).
 */
export type Screen = {
  /** Below its section's path; may have parameters. */
  path: string;
  label: string;
  icon?: IconName;
  load: () => Promise<ComponentType>;
};

/** A group of screens. Who may not open it gets the page that says so, and no link to it. */
export type Section = { path: string; label: string; adminsOnly: boolean; screens: readonly Screen[] };

export const sections: readonly Section[] = [settingsScreens, adminScreens];
