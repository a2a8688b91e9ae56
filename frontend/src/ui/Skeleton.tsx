/** The shape of what is coming. One of a few layouts, so that little moves when the numbers arrive. */
export function Skeleton({ cards, rows }: { cards: number; rows: number }) {
  return (
    <div role="status" className="space-y-4">
      <span className="fpa-sr">Loading…</span>
      <div aria-hidden="true" className="grid grid-cols-2 gap-3 lg:grid-cols-4">
        {Array.from({ length: cards }, (_, index) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: placeholders have no other identity
          <div key={index} className="glass-card-static p-4">
            <div className="fpa-skeleton h-3 w-20" />
            <div className="fpa-skeleton mt-3 h-7 w-24" />
          </div>
        ))}
      </div>
      <div aria-hidden="true" className="glass-card-static space-y-4 p-5">
        {Array.from({ length: rows }, (_, index) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: placeholders have no other identity
          <div key={index} className="flex gap-6">
            <div className="fpa-skeleton h-4 flex-1" />
            <div className="fpa-skeleton h-4 w-16" />
            <div className="fpa-skeleton hidden h-4 w-16 sm:block" />
          </div>
        ))}
      </div>
    </div>
  );
}
