import { defineEventHandler } from "h3";
import { serveMcp } from "#server/utils/mcp/serve-mcp";
import { useApp } from "#server/utils/use-app";

export default defineEventHandler(async (event) => serveMcp(event, await useApp()));
