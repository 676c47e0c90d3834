import { QueryClient } from '@tanstack/react-query';
import { ApiError } from '../api/errors';

/** The cache of what the API said. It is emptied when somebody signs in or out. */
export const queryClient = new QueryClient({
  defaultOptions: {
    queries: {
      staleTime: 15_000,
      // Only what may pass is asked for again.
      retry: (failures, error) => failures < 2 && error instanceof ApiError && error.isTransient,
      retryDelay: (failures, error) =>
        error instanceof ApiError && error.retryAfter !== null
          ? Math.min(error.retryAfter * 1000, 10_000)
          : 500 * 2 ** failures,
    },
    mutations: { retry: false },
  },
});
