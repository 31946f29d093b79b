/** One request as it is sent. */
export interface Sent {
  method: 'GET' | 'POST';
  path: string;
  headers?: Record<string, string>;
  body?: string;
  /** What the text of a right answer has in it. */
  expects?: RegExp;
}

/** What a server answers to one request. */
export async function answerTo(url: string, { path, expects: _, ...request }: Sent): Promise<unknown> {
  const response = await fetch(url + path, request);
  return response.json();
}
