import type { Point } from '../usage/series';
import type { KeyUsage } from '../usage/key-usage';
import type { Counted, GroupBy, OrganizationKey } from './usage-data';

export type Group = {
  name: string;
  allowed: number;
  forbidden: number;
  unauthorized: number;
  faults: number;
};

const zero = { allowed: 0, forbidden: 0, unauthorized: 0, faults: 0 };

function added<To extends typeof zero>(to: To, counted: Counted): To {
  return {
    ...to,
    allowed: to.allowed + counted.allowed,
    forbidden: to.forbidden + counted.forbidden,
    unauthorized: to.unauthorized + counted.unauthorized,
    faults: to.faults + counted.faults,
  };
}

/** All groups of a day together. */
export function byDay(counted: readonly Counted[]): Point[] {
  const days = new Map<string, Point>();
  for (const each of counted) {
    const from = `${each.date}T00:00:00Z`;
    days.set(from, added(days.get(from) ?? { from, ...zero }, each));
  }
  return [...days.values()];
}

export const calls = (group: Omit<Group, 'name'>): number =>
  group.allowed + group.forbidden + group.unauthorized + group.faults;

/** All days of a group together, the most called first. */
export function byGroup(counted: readonly Counted[], groupBy: GroupBy): Group[] {
  const groups = new Map<string, Group>();
  for (const each of counted) {
    const name = each[groupBy] ?? '';
    groups.set(name, added(groups.get(name) ?? { name, ...zero }, each));
  }
  return [...groups.values()].sort((a, b) => calls(b) - calls(a) || a.name.localeCompare(b.name));
}

/**
 * The days that were read to their end. The API tells of the newest first: where reading stopped before all were there,
 * the oldest one may lack something, and those before it were not read.
 */
export function wholeDays(points: readonly Point[], counted: readonly Counted[], complete: boolean): Point[] {
  if (complete) return [...points];
  const oldest = counted.map((each) => each.date).reduce((a, b) => (a < b ? a : b), '9999');
  return points.filter((point) => point.from.slice(0, 10) > oldest);
}

/** What was refused, or met a fault: all but what was let through. */
export const failures = (group: Omit<Group, 'name'>): number => calls(group) - group.allowed;

/** A key that was used, and how much. */
export type Suspect = { key: OrganizationKey; calls: number };
export type Flagged = Suspect & { flags: KeyUsage['flags'] };

/**
 * The keys to look at, the most used first, and how many were used in all. Revoked keys are not among the
 * organization's: nothing is to be done about them.
 */
export function mostUsed(
  counted: readonly Counted[],
  keys: readonly OrganizationKey[],
  most: number,
): { suspects: Suspect[]; used: number } {
  const known = new Map(keys.map((key) => [key.id, key]));
  const used = byGroup(counted, 'key').flatMap((group) => {
    const key = known.get(group.name);
    return key === undefined ? [] : [{ key, calls: calls(group) }];
  });
  return { suspects: used.slice(0, most), used: used.length };
}
