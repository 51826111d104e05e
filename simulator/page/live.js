/**
 * Follows what happens in the simulator. The stream has no memory, so after each (re)connection the page reads
 * everything anew.
 * @param {{ onConnect: () => void, onEvent: (event: { type: string, data: any }) => void, onLost: () => void }} handlers
 */
export function follow({ onConnect, onEvent, onLost }) {
  const source = new EventSource("/control/events");
  source.addEventListener("open", onConnect);
  source.addEventListener("error", onLost);
  source.addEventListener("message", ({ data }) => onEvent(JSON.parse(data)));
}
