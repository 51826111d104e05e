import { createError, defineEventHandler, getQuery, getRouterParam } from "h3";
import { answerMediaRequest } from "#server/utils/media/signed/answer-media-request";
import { useApp } from "#server/utils/use-app";

export default defineEventHandler(async (event) => {
  const { system } = await useApp();
  const asked = { mediaId: getRouterParam(event, "id") ?? "", query: getQuery(event) };
  const isAnswered = await answerMediaRequest(system, asked, event.node.req, event.node.res);
  // One answer for everything that is not to be had: nobody learns which part was wrong.
  if (!isAnswered) throw createError({ statusCode: 404 });
});
