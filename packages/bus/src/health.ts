import { GatewayError } from "@wag/contracts";
import {
	closeRedis,
	connectRedis,
	type RedisOptions,
	withRedis,
} from "./redis.ts";

/** How long the key of the readiness write lives, in seconds. */
const heartbeatTtlS = 60;

/**
 * Checks that Redis takes writes and never evicts: a Redis that is full, read-only or allowed to drop keys answers PING
 * all the same.
 */
export function openRedisCheck(options: RedisOptions & { prefix: string }) {
	const redis = connectRedis(options);
	return {
		async check(): Promise<void> {
			const memory = await withRedis(redis, () => redis.info("memory"));
			const policy =
				/^maxmemory_policy:(\S+)/m.exec(memory)?.[1] ?? "noeviction";
			if (policy !== "noeviction") {
				throw new GatewayError(
					"redis_unavailable",
					`Redis may evict keys: set maxmemory-policy to noeviction, not ${policy}`,
				);
			}
			await withRedis(redis, () =>
				redis.set(
					`${options.prefix}:health:${options.name}`,
					Date.now(),
					"EX",
					heartbeatTtlS,
				),
			);
		},
		close: (): void => {
			closeRedis(redis);
		},
	};
}
