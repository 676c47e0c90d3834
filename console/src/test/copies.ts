import { screen } from '@testing-library/react';
import type { UserEvent } from '@testing-library/user-event';
import { t } from '../strings';

/** Presses what copies a text, and waits until it says that it is in the clipboard, which no click waits for. */
export async function copies(user: UserEvent, label: string): Promise<void> {
  await user.click(screen.getByRole('button', { name: `${t.common.copy} : ${label}` }));
  await screen.findByRole('button', { name: `${t.common.copied} : ${label}` });
}
