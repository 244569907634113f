import { type Static, Type } from 'typebox'
import { hash, scramble } from './seed.ts'

/** A number of the business. */
export const NumberSchema = Type.Object(
  {
    id: Type.String({ pattern: '^\\d+$' }),
    display_phone_number: Type.Optional(Type.String({ pattern: '^\\d{7,15}$' })),
    verified_name: Type.Optional(Type.String()),
    quality_rating: Type.Optional(Type.Enum(['GREEN', 'YELLOW', 'RED', 'UNKNOWN'])),
    throughput: Type.Optional(Type.Enum(['STANDARD', 'HIGH', 'NOT_APPLICABLE'])),
    account_id: Type.Optional(Type.String({ pattern: '^\\d+$' }))
  },
  { additionalProperties: false }
)

export type BusinessNumber = Required<Static<typeof NumberSchema>>

/** The numbers the simulated business owns; what is not told of one follows from its id. */
export function createNumbers(firstId: string) {
  const numbers = new Map<string, BusinessNumber>()

  function add(number: Static<typeof NumberSchema>): BusinessNumber {
    const whole = {
      display_phone_number: `1555${String(scramble(hash(number.id)) % 10_000_000).padStart(7, '0')}`,
      verified_name: 'Simulated Business',
      quality_rating: 'GREEN',
      throughput: 'STANDARD',
      account_id: '102290129340398',
      ...number
    } as const
    numbers.set(number.id, whole)
    return whole
  }

  const first = add({ id: firstId })
  return {
    first,
    add,
    get: (id: string) => numbers.get(id),
    list: () => [...numbers.values()],
    /** Back to the one number it began with. */
    clear(): void {
      numbers.clear()
      numbers.set(first.id, first)
    }
  }
}
