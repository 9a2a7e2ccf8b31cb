/** How a page asks its server: one address, answered by events as they come. */

/**
 * @param {string} token
 * @returns {(request: any, onEvent: (event: any) => void, signal?: AbortSignal) => Promise<void>}
 */
export function http(token) {
  const visitor = Array.from(crypto.getRandomValues(new Uint8Array(12)), (byte) => byte.toString(16).padStart(2, "0")).join("");
  return async (request, onEvent, signal) => {
    const answer = await fetch("/ask", {
      method: "POST",
      headers: { Authorization: `Bearer ${token}`, "Content-Type": "application/json" },
      body: JSON.stringify({ ...request, visitor }),
      signal,
    });
    if (!answer.ok) throw new Error(`the server refused the request: ${(await answer.text()).slice(0, 300)}`);
    const reader = answer.body.pipeThrough(new TextDecoderStream()).getReader();
    let rest = "";
    for (;;) {
      const { done, value } = await reader.read();
      if (done) return;
      const parts = (rest + value).split("\n\n");
      rest = parts.pop();
      for (const part of parts) onEvent(JSON.parse(part.slice("data: ".length)));
    }
  };
}
