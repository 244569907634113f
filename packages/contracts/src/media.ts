import { type Static, Type } from 'typebox'

/**
 * What became of a medium that a customer sent: it waits to be fetched, is stored, cannot be fetched (what Meta gives is
 * not what was announced), is not kept by Meta any more, or is larger than we take.
 */
export const mediaStates = ['pending', 'stored', 'failed', 'gone', 'refused'] as const

export const MediaStateSchema = Type.Enum(mediaStates)
export type MediaState = Static<typeof MediaStateSchema>
