// Preloaded into a server whose clock a test moves: `{ shiftClockMs }` over IPC sets how far `Date` is off. Timers and
// performance.now() go on as before, as on a host whose clock is set.
const RealDate = Date;
let offsetMs = 0;

globalThis.Date = class Date extends RealDate {
  constructor(...args) {
    if (args.length === 0) super(RealDate.now() + offsetMs);
    else super(...args);
  }
  static now() {
    return RealDate.now() + offsetMs;
  }
};

process.on("message", (message) => {
  if (typeof message?.shiftClockMs === "number") offsetMs = message.shiftClockMs;
});
// A listener alone would keep the process alive.
process.channel?.unref();
