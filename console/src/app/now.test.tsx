import { render, screen } from '@testing-library/react';
import { expect, it, vi } from 'vitest';
import { useNow } from './now';

function Clock() {
  return <time>{new Date(useNow()).toISOString()}</time>;
}

it('is right after a time in which no screen had a clock', () => {
  vi.useFakeTimers({ now: Date.parse('2026-06-01T12:00:00Z') });
  const first = render(<Clock />);
  first.unmount();
  vi.setSystemTime(Date.parse('2026-06-01T13:00:00Z'));
  render(<Clock />);
  expect(screen.getByText('2026-06-01T13:00:00.000Z')).toBeTruthy();
  vi.useRealTimers();
});
