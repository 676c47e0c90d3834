import { retryAfter, statusOf } from './errors';

/**
 * Deletes something, however much there is of it: 202 says that the same request has to go on, after the seconds of
 * `Retry-After`.
 */
export async function deleteAll(ask: () => Promise<{ response: Response }>, wait = pause): Promise<void> {
  let { response } = await ask();
  while (response.status === 202) {
    await wait(retryAfter(response.headers.get('Retry-After'), Date.now()) ?? 1);
    try {
      ({ response } = await ask());
    } catch (error) {
      // Gone: by a request whose answer was lost, or another administrator's.
      if (statusOf(error) === 404) return;
      throw error;
    }
  }
}

const pause = (seconds: number): Promise<void> =>
  new Promise((resolve) => {
    window.setTimeout(resolve, seconds * 1000);
  });
