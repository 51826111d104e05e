// Preloaded into the processes of the local stack: none of them outlives the one that started it, however that ended.
process.once("disconnect", () => process.exit(0));
process.channel?.unref();
