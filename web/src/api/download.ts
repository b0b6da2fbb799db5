import type { Problem } from "./ask";

/** Fetch a file and hand it to the browser to keep; a refusal comes back with the service's own code and words. */
export async function download(token: string, path: string, name: string): Promise<Problem | null> {
  try {
    const answer = await fetch(path, { headers: { authorization: `Bearer ${token}` } });
    if (!answer.ok) {
      const told = (await answer.json()) as { code?: string; detail?: string };
      return { code: told.code ?? "service.unreachable", message: told.detail ?? answer.statusText };
    }
    keep(await answer.blob(), name);
    return null;
  } catch (failure) {
    return { code: "service.unreachable", message: String(failure) };
  }
}

function keep(file: Blob, name: string): void {
  const link = document.createElement("a");
  link.href = URL.createObjectURL(file);
  link.download = name;
  link.click();
  URL.revokeObjectURL(link.href);
}
