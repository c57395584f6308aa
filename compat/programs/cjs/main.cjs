// A CommonJS program, run by Node: require of an ES module.

const { Channel, main } = require("goro");
const { Channel: TheirChannel } = require("uses-goro");

main(async () => {
  const ch = new Channel(1);
  await ch.send("hello");
  console.log((await ch.receive()).value, TheirChannel === Channel, (await import("goro")).Channel === Channel);
});
