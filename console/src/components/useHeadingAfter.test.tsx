import { render, screen, waitFor } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { useState } from 'react';
import { expect, it } from 'vitest';
import { Dialog } from './Dialog';

/** A page with a dialogue that another one follows, or none. */
function Screen({ follows }: { follows: boolean }) {
  const [open, setOpen] = useState<'form' | 'secret' | null>(null);
  return (
    <main>
      <h1 tabIndex={-1}>Keys</h1>
      <button onClick={() => setOpen('form')}>Generate</button>
      {open === 'form' && (
        <Dialog key="form" title="Form" onClose={() => setOpen(null)}>
          <button onClick={() => setOpen(follows ? 'secret' : null)}>Make it</button>
        </Dialog>
      )}
      {open === 'secret' && (
        <Dialog key="secret" title="Secret" onClose={() => setOpen(null)}>
          <button onClick={() => setOpen(null)}>I have stored it</button>
        </Dialog>
      )}
    </main>
  );
}

const frames = () => new Promise((resolve) => window.setTimeout(resolve, 100));

it('gives the focus to the heading where a second dialogue ends, which nothing of the page opened', async () => {
  const user = userEvent.setup();
  render(<Screen follows />);
  await user.click(screen.getByRole('button', { name: 'Generate' }));
  await user.click(screen.getByRole('button', { name: 'Make it' }));
  await frames();
  expect(document.activeElement).toBe(screen.getByRole('dialog', { name: 'Secret' }));
  await user.click(screen.getByRole('button', { name: 'I have stored it' }));
  await waitFor(() => expect(document.activeElement?.textContent).toBe('Keys'));
});

it('leaves it to what opened the dialogue', async () => {
  const user = userEvent.setup();
  render(<Screen follows={false} />);
  await user.click(screen.getByRole('button', { name: 'Generate' }));
  await user.click(screen.getByRole('button', { name: 'Make it' }));
  await frames();
  expect(document.activeElement?.textContent).toBe('Generate');
});
