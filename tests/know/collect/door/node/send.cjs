// Sends with Segment's own SDK: node send.cjs HOST KEY. Fails when any call is not taken.
const { Analytics } = require("@segment/analytics-node");

const [host, writeKey] = process.argv.slice(2);
const analytics = new Analytics({ host, writeKey, flushAt: 3, maxRetries: 1 });
analytics.on("error", (error) => {
  console.error(error);
  process.exitCode = 1;
});
analytics.identify({ userId: "M1", traits: { level: "gold" } });
analytics.track({ userId: "M1", event: "Order Completed", properties: { total: 12.5 } });
analytics.page({ anonymousId: "a1", name: "Home" });
analytics.alias({ previousId: "a1", userId: "M1" });
analytics.group({ userId: "M1", groupId: "family" });
analytics.closeAndFlush({ timeout: 10_000 });
