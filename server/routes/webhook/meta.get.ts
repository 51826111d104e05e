import { defineEventHandler, getQuery, setResponseHeader, setResponseStatus } from "h3";
import { answerHandshake } from "#server/utils/inbox/answer-handshake";
import { useApp } from "#server/utils/use-app";

export default defineEventHandler(async (event) => {
  const { config } = await useApp();
  setResponseHeader(event, "content-type", "text/plain; charset=utf-8");
  const challenge = answerHandshake(getQuery(event), config.meta.verifyToken);
  if (challenge !== undefined) return challenge;
  setResponseStatus(event, 403);
  return "";
});
