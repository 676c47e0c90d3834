import { useQuery, useQueryClient } from '@tanstack/react-query';
import { api } from '../api/client';
import type { Policy } from './policy-form';

/** A policy with its version: the `ETag` that a change has to name (RFC 9110 §13.1.1). */
export type Versioned = { policy: Policy; etag: string };

const policyKey = ['admin', 'policy'] as const;

function versioned({ data, response }: { data?: Policy; response: Response }): Versioned {
  const etag = response.headers.get('ETag');
  if (data === undefined || etag === null) throw new TypeError('a policy without its version');
  return { policy: data, etag };
}

const read = async (): Promise<Versioned> => versioned(await api.GET('/admin/policy'));

export function usePolicy() {
  return useQuery({ queryKey: policyKey, queryFn: read });
}

/** Writes a policy in place of the one of this version, and reads it anew. */
export function usePolicyWrites() {
  const client = useQueryClient();
  return {
    write: async (policy: Policy, etag: string): Promise<void> => {
      const answer = await api.PUT('/admin/policy', {
        params: { header: { 'If-Match': etag } },
        body: policy,
      });
      client.setQueryData<Versioned>(policyKey, versioned(answer));
    },
    reread: async (): Promise<Versioned> => {
      const fresh = await read();
      client.setQueryData<Versioned>(policyKey, fresh);
      return fresh;
    },
  };
}
