/** Asks this server. */

/** The data of an answer; throws an Error whose message is the server's when there is none. */
export async function ask(path, signal) {
  const response = await send(path, signal);
  const answer = await response.json().catch(() => null);
  if (!response.ok || !answer) {
    const problem = new Error(answer?.errors?.[0]?.msg ?? `The collector answered ${response.status}.`);
    problem.status = response.status;
    throw problem;
  }
  return answer.data ?? [];
}

async function send(path, signal) {
  try {
    return await fetch(path, { signal, headers: { Accept: "application/json" } });
  } catch (error) {
    if (error.name === "AbortError") throw error;
    throw new Error("The collector cannot be reached. Is it still running?");
  }
}
