import type { ComponentType } from 'react';
import { createBrowserRouter, Navigate, type RouteObject } from 'react-router';
import { consoleUrl } from '../api/root';
import { Forgot } from '../auth/Forgot';
import { Reset } from '../auth/Reset';
import { Crashed } from './Crashed';
import { loaded } from './gone';
import { NotFound } from './NotFound';
import { AdminsOnly } from './AdminsOnly';
import { Root, Starting } from './Root';
import { sections } from './screens';

/** The first screen. */
export const HOME = '/settings/api-keys';

function sectionRoutes(): RouteObject[] {
  return sections.map(({ path, adminsOnly, screens }) => ({
    path,
    ...(adminsOnly && { element: <AdminsOnly /> }),
    children: [
      { index: true, element: <Navigate to={screens[0]?.path ?? HOME} replace /> },
      ...screens.map((screen) => ({
        path: screen.path,
        lazy: async () => ({ Component: await loaded<ComponentType>(screen.load, Crashed) }),
        errorElement: <Crashed />,
      })),
      { path: '*', element: <NotFound /> },
    ],
  }));
}

export function createRouter() {
  return createBrowserRouter(
    [
      { path: '/forgot', element: <Forgot />, errorElement: <Crashed /> },
      { path: '/reset', element: <Reset />, errorElement: <Crashed /> },
      {
        path: '/',
        element: <Root />,
        hydrateFallbackElement: <Starting />,
        errorElement: <Crashed />,
        children: [
          { index: true, element: <Navigate to={HOME} replace /> },
          ...sectionRoutes(),
          { path: '*', element: <NotFound /> },
        ],
      },
    ],
    { basename: consoleUrl().pathname.replace(/\/$/, '') || '/' },
  );
}
