// Loaded before a service (`node --import`): its clock is off by CLOCK_SHIFT_MS from the second second on. Timers go on as
// they would: a clock that is set does not change how time passes.
const shiftMs = Number(process.env.CLOCK_SHIFT_MS ?? 0)
const RealDate = Date
const jumpsAt = performance.now() + 1_000

function now(): number {
  return RealDate.now() + (performance.now() < jumpsAt ? 0 : shiftMs)
}

globalThis.Date = new Proxy(RealDate, {
  construct: (target, values, self) =>
    Reflect.construct(target, values.length === 0 ? [now()] : values, self) as object,
  apply: () => new RealDate(now()).toString(),
  get: (target, name, self) => (name === 'now' ? now : (Reflect.get(target, name, self) as unknown))
})
