const PATIENCE_MS = [500, 1000, 2000, 5000];

/**
 * Ask a question of the API and ask again with the index of the answer, which the registry answers
 * once something has changed. `on` has three functions: `answer(value)`, `absent()` for what is not
 * there, and `trouble(text)`, null when all is well again. Ends when the page goes; sleeps while
 * it is hidden, because a browser has few connections for each host.
 */
export async function watch(path, { wait = "50s", datacenter }, on) {
  let index = 0;
  let failures = 0;
  for (;;) {
    await visible();
    try {
      const answer = await ask(path, { dc: datacenter, ...(index && { index, wait }) });
      failures = 0;
      on.trouble(null);
      // An index that goes back is a registry that was started afresh: begin anew with it.
      index = answer.index < index ? 0 : answer.index;
      if (answer.missing) on.absent();
      else if (answer.value !== undefined) on.answer(answer.value);
      if (!index) await pause(PATIENCE_MS[1]);
    } catch (error) {
      if (error.name === "AbortError") continue;
      on.trouble(error.message);
      index = 0;
      await pause(PATIENCE_MS[Math.min(failures, PATIENCE_MS.length - 1)]);
      failures += 1;
    }
  }
}

async function ask(path, parameters) {
  const aborting = new AbortController();
  const leave = () => document.hidden && aborting.abort();
  document.addEventListener("visibilitychange", leave);
  const query = new URLSearchParams(
    Object.entries(parameters).filter(([, value]) => value !== undefined),
  );
  const separator = path.includes("?") ? "&" : "?";
  try {
    const response = await fetch(`${path}${separator}${query}`, { signal: aborting.signal });
    const index = Number(response.headers.get("X-Consul-Index") ?? 0);
    if (response.status === 404) return { index, missing: true };
    if (!response.ok) throw new Error(await reason(response));
    return { index, value: await response.json() };
  } catch (error) {
    throw error instanceof TypeError ? new Error("The registry does not answer.") : error;
  } finally {
    document.removeEventListener("visibilitychange", leave);
  }
}

async function reason(response) {
  return (await response.text()).trim() || `The registry answered ${response.status}.`;
}

const pause = (milliseconds) => new Promise((resolve) => setTimeout(resolve, milliseconds));

function visible() {
  if (!document.hidden) return Promise.resolve();
  return new Promise((resolve) => {
    document.addEventListener("visibilitychange", resolve, { once: true });
  });
}
