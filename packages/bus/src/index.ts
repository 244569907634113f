export { openRedisCheck } from "./health.ts";
export type { HintHandlers, Publisher } from "./hints.ts";
export { listen, openPublisher } from "./hints.ts";
export type { Bell, Queues } from "./queues.ts";
export { openQueues } from "./queues.ts";
export type { RedisOptions } from "./redis.ts";
export { connectPatientRedis, connectRedis } from "./redis.ts";
export type { RunningWorker, WorkerOptions } from "./worker.ts";
export { startWorker } from "./worker.ts";
