import { Client, fetchExchange } from "@urql/core";

export interface Problem {
  code: string;
  message: string;
}

export type Answer<T> = { data: T; problem: null } | { data: null; problem: Problem };

/** Ask one question; a refusal comes back as a problem with the service's own code and words. */
export async function ask<T>(token: string, document: string, variables: object): Promise<Answer<T>> {
  const client = new Client({
    url: "/graphql",
    exchanges: [fetchExchange],
    preferGetMethod: false,
    fetchOptions: {
      headers: { authorization: `Bearer ${token}`, accept: "application/graphql-response+json, application/json" },
    },
  });
  const result = await client.query(document, variables as Record<string, unknown>).toPromise();
  if (result.error || !result.data) {
    const first = result.error?.graphQLErrors[0];
    const status = (result.error?.response as Response | undefined)?.status;
    const code = String(first?.extensions["code"] ?? (status === 401 ? "access.unauthenticated" : "service.unreachable"));
    return { data: null, problem: { code, message: first?.message ?? result.error?.message ?? "" } };
  }
  return { data: result.data as T, problem: null };
}
