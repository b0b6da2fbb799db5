import { Client, fetchExchange, type OperationResult } from "@urql/core";

export interface Problem {
  code: string;
  message: string;
}

export type Answer<T> = { data: T; problem: null } | { data: null; problem: Problem };

/** Ask one question; a refusal comes back as a problem with the service's own code and words. */
export async function ask<T>(token: string, document: string, variables: object, watermark?: string): Promise<Answer<T>> {
  return answered<T>(await clientOf(token, watermark).query(document, variables as Record<string, unknown>).toPromise());
}

/** What every mutation answers besides the thing that it changed. */
export interface Payload {
  watermark: string;
  userErrors: { code: string; message: string; hint: string | null }[];
}

/** Change something by one mutation with one input; what a rule forbids is a problem, too. */
export async function change<T extends Payload>(token: string, field: string, document: string, input: object): Promise<Answer<T>> {
  const sent = { input: { ...input, clientMutationId: newId() } };
  const answer = answered<Record<string, T>>(await clientOf(token).mutation(document, sent).toPromise());
  if (!answer.data) return answer;
  const payload = answer.data[field]!;
  const first = payload.userErrors[0];
  if (!first) return { data: payload, problem: null };
  return { data: null, problem: { code: first.code, message: [first.message, first.hint].filter(Boolean).join(" ") } };
}

/** An id nobody else has; `randomUUID` is missing on pages of a plain http plant network. */
function newId(): string {
  return [...crypto.getRandomValues(new Uint8Array(16))].map((byte) => byte.toString(16).padStart(2, "0")).join("");
}

function clientOf(token: string, watermark?: string): Client {
  const headers: Record<string, string> = {
    authorization: `Bearer ${token}`,
    accept: "application/graphql-response+json, application/json",
  };
  if (watermark) headers["dieloom-min-watermark"] = watermark;
  return new Client({ url: "/graphql", exchanges: [fetchExchange], preferGetMethod: false, fetchOptions: { headers } });
}

function answered<T>(result: OperationResult): Answer<T> {
  if (result.error || !result.data) {
    const first = result.error?.graphQLErrors[0];
    const status = (result.error?.response as Response | undefined)?.status;
    const code = String(first?.extensions["code"] ?? (status === 401 ? "access.unauthenticated" : "service.unreachable"));
    return { data: null, problem: { code, message: first?.message ?? result.error?.message ?? "" } };
  }
  return { data: result.data as T, problem: null };
}
