/** What is judged on every screen alike. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';

const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');

/** Until nothing has moved for some frames: a colour on its way to another is neither. */
export const isStill = (page) =>
  page.evaluate(async () => {
    const frame = () => new Promise((done) => requestAnimationFrame(done));
    const moves = () =>
      document.getAnimations().some((it) => it.effect?.getComputedTiming().endTime !== Infinity);
    for (let still = 0; still < 4; still = moves() ? 0 : still + 1) await frame();
  });

/** What depends on the colours of a theme, and is all that a second one can change. */
export const COLOURS = ['color-contrast', 'link-in-text-block'];

/** That axe-core finds nothing, in the theme that holds; by `rules` alone, where some are named. */
export async function isAccessible(page, where, rules) {
  await isStill(page);
  // Through the debugger, which the page's policy does not bind.
  if (!(await page.evaluate(() => 'axe' in window))) await page.evaluate(axe);
  const violations = await page.evaluate(async (only) => {
    const options = { resultTypes: ['violations'], ...(only && { runOnly: only }) };
    const { violations } = await window.axe.run(document, options);
    return violations.map(
      ({ id, nodes }) => `${id}: ${nodes.map((node) => node.target.join(' ')).join(', ')}`,
    );
  }, rules);
  assert.deepEqual(violations, [], where);
}

/** That nothing is wider than the window. */
export async function fits(page, where) {
  const { wide, room, who } = await page.evaluate(() => {
    const room = document.documentElement.clientWidth;
    const sticking = [...document.querySelectorAll('body *')].filter(
      (element) => element.getBoundingClientRect().right > room + 1 && element.checkVisibility(),
    );
    const names = sticking.slice(0, 3).map((element) => `${element.tagName}.${element.className}`);
    return { wide: document.documentElement.scrollWidth, room, who: names };
  });
  assert.ok(wide <= room, `${where} is ${wide} wide in ${room}: ${who.join(', ')}`);
}

/** That no name of a person became a part of the page. */
export async function isText(page, where) {
  const found = await page.evaluate(() => ({
    images: document.querySelectorAll('img, script:not([src])').length,
    ran: window.hostile === true,
  }));
  assert.deepEqual(found, { images: 0, ran: false }, where);
}

/** Names that have done harm elsewhere, none longer than `length` characters. */
export function hostileNames(length = 200) {
  const markup =
    '<img src=x onerror="window.hostile=true;alert(1)"> \'"&amp;</script><script>alert(2)</script>';
  return {
    markup: cut(markup, length),
    rightToLeft: cut('مفتاح النشر דבר אחר (123) abc', length),
    emoji: cut('👩‍👩‍👧‍👦🏳️‍🌈🔑 e\u0301 🇨🇭', length),
    long: 'W'.repeat(length),
  };
}

const cut = (text, length) => Array.from(text).slice(0, length).join('');

/** A name that would turn around what stands behind it. The API takes none, so it is only played. */
export const TURNING = 'report\u202Egpj.exe \u2067x';

/** That a name is to be seen as it is: whole, or cut by an ellipsis, and turning nothing around it. */
export async function isShown(page, name, where) {
  const found = await page.evaluate((name) => {
    const room = document.documentElement.clientWidth;
    const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
    const shown = { count: 0, sticking: [], turning: [] };
    for (let node = walker.nextNode(); node; node = walker.nextNode()) {
      const element = node.parentElement;
      if (!node.textContent.includes(name.trim()) || !element.checkVisibility()) continue;
      shown.count += 1;
      const range = document.createRange();
      range.selectNodeContents(node);
      const { left, right } = range.getBoundingClientRect();
      const isCut = element.closest('.hidden') || getComputedStyle(element).textOverflow === 'ellipsis';
      if (!isCut && (left < -1 || right > room + 1)) shown.sticking.push(element.outerHTML);
      // An isolated run of text, or a paragraph of its own, keeps the direction to itself.
      const isApart = element.closest('bdi, [dir=auto]') || element.textContent.trim() === name.trim();
      if (!isApart) shown.turning.push(element.outerHTML);
    }
    return shown;
  }, name);
  assert.ok(found.count > 0, `${where} does not show ${name}`);
  assert.deepEqual({ ...found, count: 0 }, { count: 0, sticking: [], turning: [] }, where);
}
