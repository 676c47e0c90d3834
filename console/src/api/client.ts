import createClient, { type Middleware } from 'openapi-fetch';
import { session } from '../session/instance';
import { toApiError } from './errors';
import { apiRoot } from './root';
import type { components, paths } from './schema';

/** A type of the contract by its name. */
export type Schema<Name extends keyof components['schemas']> = components['schemas'][Name];

/** The credential comes from the session alone; whoever calls the API from a screen never sees it. */
export const api = createClient<paths>({
  baseUrl: apiRoot(),
  fetch: (request) => session.fetch(request),
});

/** For who is not signed in: what is open to everyone. */
export const openApi = createClient<paths>({
  baseUrl: apiRoot(),
  fetch: (request) => session.anonymously(request),
});

const failures: Middleware = {
  async onResponse({ response }) {
    if (response.ok) return undefined;
    throw toApiError(response, await response.json().catch(() => null));
  },
};
api.use(failures);
openApi.use(failures);

/**
 * The body of an answer that has one. Errors were thrown before: every `!ok` answer is an `ApiError`.
 *
 * `const me = await body(api.GET('/users/me'))`
 */
export async function body<T>(answer: Promise<{ data?: T }>): Promise<NonNullable<T>> {
  const { data } = await answer;
  if (data === undefined || data === null) throw new TypeError('an answer without a body');
  return data;
}
