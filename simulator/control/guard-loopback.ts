import { getRequestHeader, type H3Event } from "h3";
import { ControlError } from "./control-error";

const LOOPBACK_PEER = /^(::1|127\.\d+\.\d+\.\d+|::ffff:127\.\d+\.\d+\.\d+)$/;
const LOOPBACK_NAME = /^(localhost|127\.\d+\.\d+\.\d+|\[::1\])(:\d+)?$/;

/**
 * Lets only this machine control the simulator. The names are checked too: a foreign page in a browser here could
 * otherwise reach it by rebinding its own name or by posting across origins.
 *
 * @throws ControlError 403
 */
export function guardLoopback(event: H3Event): void {
  const host = getRequestHeader(event, "host") ?? "";
  const origin = getRequestHeader(event, "origin");
  const local = LOOPBACK_PEER.test(event.node.req.socket.remoteAddress ?? "") && LOOPBACK_NAME.test(host);
  if (!local) throw new ControlError(403, "the control API answers this machine only");
  if (origin !== undefined && origin !== `http://${host}`)
    throw new ControlError(403, "another origin may not do this");
}
