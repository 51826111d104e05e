/** What the SDK of 2025 hears when it asks for the rest of an answer that it has got in full, as it always does. */
const NO_MORE = "There is no more of that answer.";

/** Wraps a `fetch` and writes down what did not go well, as an application would have noticed it. */
export function watchFetch(fetchBy: typeof fetch, failures: string[]): typeof fetch {
  return async (input, init) => {
    const request = `${init?.method ?? "GET"} ${new URL(input instanceof Request ? input.url : input).pathname}`;
    try {
      const answer = await fetchBy(input, init);
      const refusal = answer.status >= 400 ? await answer.clone().text() : NO_MORE;
      if (!refusal.includes(NO_MORE)) failures.push(`${request}: ${answer.status} ${refusal}`);
      return answer;
    } catch (error) {
      if (!init?.signal?.aborted) failures.push(`${request}: ${String(error)}`);
      throw error;
    }
  };
}
