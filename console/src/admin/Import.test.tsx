import { screen } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { beforeEach, expect, it, vi } from 'vitest';
import { ApiError } from '../api/errors';
import { json } from '../session/browser';
import { t } from '../strings';
import { renderWithin } from '../test/render';
import { Import } from './Import';

const send = vi.hoisted(() => vi.fn<(request: Request) => Promise<Response>>());
vi.mock('../session/instance', () => ({ session: { fetch: send } }));

const words = t.admin.imports;
const LINES = ['email,name', ...[1, 2, 3, 4, 5, 6].map((row) => `p${row}@example.test,P ${row}`)].join('\n');
/** What was sent: from which row, and which text. */
let sent: { from: string | null; text: string }[];
/** What each request in turn is answered. */
let answers: (() => Response)[];

const done =
  (rows: number[], next_row: number | null, status = 'created') =>
  () =>
    json(200, {
      results: rows.map((row) => ({ row, email: `p${row}@example.test`, status, id: null, detail: null })),
      next_row,
    });
const unavailable = () => json(503, { detail: 'Service unavailable' });
const offline = () => {
  throw new ApiError(0, '');
};

beforeEach(() => {
  sent = [];
  send.mockImplementation(async (request) => {
    sent.push({
      from: new URL(request.url).searchParams.get('from_row'),
      text: await request.text(),
    });
    return answers.shift()?.() ?? unavailable();
  });
});

async function begin() {
  const user = userEvent.setup();
  renderWithin(
    <main>
      <Import />
    </main>,
  );
  await user.click(screen.getByLabelText(words.text));
  await user.paste(LINES);
  await user.click(screen.getByRole('button', { name: words.submit(6) }));
  return user;
}
const goOn = (row: number) => screen.findByRole('button', { name: words.goOn(row) });
const from = () => sent.map((request) => request.from);
const shown = () => screen.getAllByRole('row').length - 1;

it.each([
  ['is not available', unavailable],
  ['cannot be reached', offline],
])('tries a part again where the service %s, and goes on with the rest', async (_, failure) => {
  answers = [done([1, 2], 3), failure, done([3, 4], 5), done([5, 6], null)];
  const user = await begin();
  await user.click(await goOn(3));
  expect(await screen.findByText(words.summary(6, 0, 0))).toBeTruthy();
  expect(from()).toEqual(['1', '3', '3', '5']);
  expect(new Set(sent.map(({ text }) => text))).toEqual(new Set([LINES]));
  expect(shown()).toBe(6);
  expect(screen.queryByRole('alert')).toBeNull();
  expect(screen.queryByText(words.stopped)).toBeNull();
  expect(screen.queryByRole('button', { name: /row/ })).toBeNull();
  // What was pressed is gone, and the keyboard is not at the top of the document.
  await vi.waitFor(() => expect(document.activeElement).toBe(screen.getByRole('heading', { level: 1 })));
});

it('tries as often as it is asked to, and counts no row twice', async () => {
  answers = [done([1, 2], 3), unavailable, unavailable, done([3], 4), offline, done([4, 5, 6], null)];
  const user = await begin();
  await user.click(await goOn(3));
  await vi.waitFor(() => expect(from()).toHaveLength(3));
  await user.click(await goOn(3));
  await user.click(await goOn(4));
  expect(await screen.findByText(words.summary(6, 0, 0))).toBeTruthy();
  expect(from()).toEqual(['1', '3', '3', '3', '4', '4']);
  expect(shown()).toBe(6);
});

it('says also of the first part, whose answer was lost, that it may be done and is not made twice', async () => {
  answers = [offline, done([1, 2], 3, 'exists'), done([3, 4, 5, 6], null)];
  const user = await begin();
  expect(await screen.findByText(words.stopped)).toBeTruthy();
  await user.click(await goOn(1));
  expect(await screen.findByText(words.summary(4, 2, 0))).toBeTruthy();
  expect(from()).toEqual(['1', '1', '3']);
});

it('keeps the keyboard’s place where what was pressed to begin anew is gone', async () => {
  const isAtHeading = () =>
    vi.waitFor(() => expect(document.activeElement).toBe(screen.getByRole('heading', { level: 1 })));
  answers = [done([1, 2, 3, 4, 5, 6], null)];
  const user = await begin();
  await screen.findByText(words.summary(6, 0, 0));
  await user.click(screen.getByRole('button', { name: words.clear }));
  await isAtHeading();
  await user.click(screen.getByLabelText(words.text));
  await user.paste(LINES);
  await user.click(screen.getByRole('button', { name: words.clear }));
  await isAtHeading();
});

it('sends the part once, however often the button is pressed', async () => {
  let answer: (response: Response) => void = () => undefined;
  answers = [done([1, 2], 3), unavailable];
  const user = await begin();
  const button = await goOn(3);
  send.mockImplementationOnce((request) => {
    sent.push({ from: new URL(request.url).searchParams.get('from_row'), text: '' });
    return new Promise((resolve) => (answer = resolve));
  });
  await user.dblClick(button);
  await user.keyboard('{Enter}');
  expect(screen.getByText(words.sending(2, 6))).toBeTruthy();
  answer(done([3, 4, 5, 6], null)());
  expect(await screen.findByText(words.summary(6, 0, 0))).toBeTruthy();
  expect(from()).toEqual(['1', '3', '3']);
});
