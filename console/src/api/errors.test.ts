import { describe, expect, it } from 'vitest';
import { explain } from '../app/explain';
import { ApiError, errorOf, retryAfter, refuses } from './errors';

describe('Retry-After', () => {
  const now = Date.parse('2026-01-01T00:00:00Z');
  it.each([
    [null, null],
    ['', null],
    ['30', 30],
    ['Thu, 01 Jan 2026 00:01:00 GMT', 60],
    ['Wed, 31 Dec 2025 00:00:00 GMT', 0],
    ['soon', null],
  ])('%s is %s', (header, seconds) => {
    expect(retryAfter(header, now)).toBe(seconds);
  });
});

describe('an error', () => {
  it('has the words of the API', async () => {
    const error = await errorOf(new Response('{"detail":"name is too long"}', { status: 422 }));
    expect(error).toMatchObject({ status: 422, detail: 'name is too long', retryAfter: null });
    expect(explain(error)).toBe('name is too long');
  });

  it.each(['', '<html>', '[]', '{"detail":7}', 'null'])('of an answer of %j has none', async (text) => {
    expect(await errorOf(new Response(text, { status: 502 }))).toMatchObject({ status: 502, detail: '' });
  });

  it('is transient where waiting may help', () => {
    const transient = [0, 429, 500, 503, 504];
    for (const status of [0, 400, 401, 403, 404, 409, 422, 429, 500, 503, 504])
      expect(new ApiError(status, '').isTransient, `${status}`).toBe(transient.includes(status));
  });

  it('says that somebody else was faster, or that the version was lost on the way', () => {
    const detail = 'the status says more';
    expect(explain(new ApiError(412, detail))).toContain('Somebody else changed it');
    expect(explain(new ApiError(428, detail))).toContain('If-Match');
  });

  it('says how long to wait', () => {
    expect(explain(new ApiError(429, '', 30))).toContain('30 seconds');
    expect(explain(new ApiError(429, '', 61))).toContain('2 minutes');
  });
});

it('a refusal is of a field where its words begin with it', () => {
  const wrong = new ApiError(403, 'current_password is wrong');
  expect(refuses(wrong, 403, 'current_password')).toBe(true);
  expect(refuses(wrong, 422, 'current_password')).toBe(false);
  const disabled = new ApiError(403, 'The password is disabled until it is reset');
  expect(refuses(disabled, 403, 'current_password')).toBe(false);
  expect(refuses(new ApiError(422, 'token: is no good'), 422, 'token')).toBe(true);
  expect(refuses(new ApiError(422, 'tokens'), 422, 'token')).toBe(false);
  expect(refuses(new TypeError('token'), 422, 'token')).toBe(false);
});
