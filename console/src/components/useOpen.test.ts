import { act, renderHook } from '@testing-library/react';
import { expect, it } from 'vitest';
import { useOpen } from './useOpen';

it('closes what was open when it was asked, and nothing that came in its place', () => {
  const { result } = renderHook(() => useOpen<{ name: string }>());
  const secret = { name: 'secret' };
  act(() => result.current[1]({ name: 'revoke' }));
  const closeRevoke = result.current[2];
  act(() => result.current[1](secret));
  act(closeRevoke);
  expect(result.current[0]).toBe(secret);
  act(result.current[2]);
  expect(result.current[0]).toBeNull();
});
