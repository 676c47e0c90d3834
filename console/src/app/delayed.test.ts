import { act, renderHook } from '@testing-library/react';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { useDelayedText } from './delayed';

beforeEach(() => vi.useFakeTimers());
afterEach(() => vi.useRealTimers());

function field(applied = '') {
  const apply = vi.fn<(text: string) => void>();
  const hook = renderHook(({ holds }) => useDelayedText(holds, apply), { initialProps: { holds: applied } });
  return {
    apply,
    text: () => hook.result.current[0],
    write: (text: string) => {
      act(() => {
        hook.result.current[1](text);
      });
    },
    pass: (milliseconds: number) => {
      act(() => {
        vi.advanceTimersByTime(milliseconds);
      });
    },
    holds: (text: string) => hook.rerender({ holds: text }),
    unmount: hook.unmount,
  };
}

it('applies what was written last, once, after a moment', () => {
  const one = field();
  one.write('a');
  one.pass(200);
  one.write('ad');
  one.pass(299);
  expect(one.apply).not.toHaveBeenCalled();
  one.pass(1);
  expect(one.apply.mock.calls).toEqual([['ad']]);
});

it('keeps what is written while what was applied arrives', () => {
  const one = field();
  one.write('ad');
  one.pass(300);
  one.write('ada');
  one.holds('ad');
  expect(one.text()).toBe('ada');
});

it('follows what something else applies', () => {
  const one = field('ada');
  one.holds('');
  expect(one.text()).toBe('');
  one.write('b');
  one.pass(300);
  one.holds('b');
  one.holds('');
  expect(one.text()).toBe('');
});

it('applies nothing when it is gone', () => {
  const one = field();
  one.write('a');
  one.unmount();
  one.pass(1_000);
  expect(one.apply).not.toHaveBeenCalled();
});
