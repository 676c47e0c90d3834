import { useQuery, useQueryClient } from '@tanstack/react-query';
import { api, body, type Schema } from '../api/client';
import { deleteAll } from '../api/deletion';
import { allPages } from '../api/pages';
import { readAnew } from '../app/anew';
import { meKey } from '../session/react';
import { t } from '../strings';
import { changedWithout } from './gone';

export type Space = Schema<'Space'>;
export type Member = Schema<'Member'>;
export type Role = Member['role'];
export const ROLES: readonly Role[] = ['viewer', 'editor', 'admin'];
export const roleOptions = ROLES.map((value) => ({ value, label: t.admin.spaces.roleTexts[value] }));

const next = (cursor: string | undefined) => ({ limit: 100, ...(cursor !== undefined && { cursor }) });

export function useSpaces() {
  return useQuery({
    queryKey: ['admin', 'spaces'],
    queryFn: () =>
      allPages<Space>(async (cursor) => {
        const page = await body(api.GET('/admin/spaces', { params: { query: next(cursor) } }));
        return { items: page.spaces, next: page.next_cursor };
      }),
  });
}

export function useSpace(slug: string) {
  return useQuery({
    queryKey: ['admin', 'spaces', slug],
    queryFn: () => body(api.GET('/admin/spaces/{space}', { params: { path: { space: slug } } })),
  });
}

/** All members, because whoever is one already is not offered again. */
export function useMembers(slug: string) {
  return useQuery({
    queryKey: ['admin', 'spaces', slug, 'members'],
    queryFn: () =>
      allPages<Member>(async (cursor) => {
        const params = { path: { space: slug }, query: next(cursor) };
        const page = await body(api.GET('/spaces/{space}/members', { params }));
        return { items: page.members, next: page.next_cursor };
      }),
  });
}

/** Makes somebody a member, or gives a member another role. */
export const putMember = (slug: string, user: string, role: Role) =>
  api.PUT('/spaces/{space}/members/{user}', {
    params: { path: { space: slug, user } },
    body: { role },
  });

/** After a change of a space: its administrator may be a member of it, too. What is `gone` is not asked for again. */
export function useSpacesChanged() {
  const client = useQueryClient();
  return async (gone?: string) => {
    const changed = [['admin'], meKey];
    if (gone !== undefined) return changedWithout(client, ['admin', 'spaces', gone], changed);
    await Promise.all(changed.map((queryKey) => readAnew(client, { queryKey })));
  };
}

export const deleteSpace = (slug: string) =>
  deleteAll(() => api.DELETE('/admin/spaces/{space}', { params: { path: { space: slug } } }));

/** A name in paths that a space of this name may have: what is left of it in lowercase letters, digits and hyphens. */
export function slugOf(name: string): string {
  return name
    .normalize('NFKD')
    .toLowerCase()
    .replace(/\p{M}/gu, '')
    .replace(/[^a-z0-9]+/g, '-')
    .slice(0, 63)
    .replace(/^-+|-+$/g, '');
}

export const isSlug = (text: string): boolean => /^[a-z0-9-]{1,63}$/.test(text);

/** Whose name or address has each word of the text in it. */
export function matching<Person extends { name: string; email: string }>(
  people: readonly Person[],
  text: string,
): Person[] {
  const parts = text.toLocaleLowerCase().split(/\s+/);
  return people.filter((person) => {
    const whole = `${person.name} ${person.email}`.toLocaleLowerCase();
    return parts.every((part) => whole.includes(part));
  });
}
