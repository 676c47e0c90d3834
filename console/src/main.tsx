import './styles/tokens.css';
import './styles/base.css';
import './styles/controls.css';
import './styles/shell.css';
import './styles/page.css';
import './styles/table.css';
import './styles/states.css';
import './styles/overlays.css';
import './styles/gate.css';
import './styles/strength.css';
import './styles/usage.css';
import { QueryClientProvider } from '@tanstack/react-query';
import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { RouterProvider } from 'react-router';
import { reloadWhereScriptsAreGone } from './app/gone';
import './app/theme';
import { queryClient } from './app/query';
import { createRouter } from './app/routes';
import { takeResetToken } from './auth/reset-token';
import { clearToasts, Toasts } from './components/Toasts';
import { session } from './session/instance';

// Before anything else looks at the address.
takeResetToken();

// Whoever signs in or out: what was read for somebody else is nobody's now.
session.subscribe(() => {
  queryClient.clear();
  clearToasts();
});
document.addEventListener('visibilitychange', () => {
  if (document.visibilityState === 'visible') session.wake();
});
window.addEventListener('online', session.wake);
void session.start();

const router = createRouter();
reloadWhereScriptsAreGone({
  events: window,
  history: window.history,
  reload: () => window.location.reload(),
  isOnline: () => navigator.onLine,
  now: () => Date.now(),
  wanted: () => {
    const { initialized, navigation } = router.state;
    return initialized && navigation.location ? router.createHref(navigation.location) : null;
  },
});

const root = document.getElementById('root');
if (root === null) throw new Error('index.html has no #root');
createRoot(root).render(
  <StrictMode>
    <QueryClientProvider client={queryClient}>
      <RouterProvider router={router} />
      <Toasts />
    </QueryClientProvider>
  </StrictMode>,
);
