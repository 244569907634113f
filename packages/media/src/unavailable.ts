import { GatewayError } from '@wag/contracts'

/** Runs a call to the store; whatever it rejects with becomes `media_unavailable`. */
export async function storing<T>(call: () => Promise<T>): Promise<T> {
  try {
    return await call()
  } catch (cause) {
    if (cause instanceof GatewayError) throw cause
    throw new GatewayError('media_unavailable', 'The media store is not available', { cause })
  }
}

/** The code of a failed system call, or undefined. */
export function codeOf(error: unknown): string | undefined {
  return error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : undefined
}
