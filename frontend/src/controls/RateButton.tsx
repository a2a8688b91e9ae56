import { type FormEvent, useId, useState } from "react";
import { CURRENCIES, rateOf, rateText } from "../lib/money";
import { useMoney } from "../state/Money";
import { Icon } from "../ui/Icon";

/** What an hour costs, for the money beside hours; absent where the host gives it. */
export function RateButton() {
  const { rate, choose } = useMoney();
  const [form, setForm] = useState<"never" | "open" | "closed">("never");
  if (!choose) return null;
  if (form === "open") return <RateForm onClose={() => setForm("closed")} />;
  return (
    <button
      type="button"
      className="fpa-button"
      aria-expanded={false}
      // biome-ignore lint/a11y/noAutofocus: the form that had the focus has just gone
      autoFocus={form === "closed"}
      onClick={() => setForm("open")}
    >
      <Icon name="money" /> {rate ? rateText(rate) : "Hourly rate"}
    </button>
  );
}

function RateForm({ onClose }: { onClose: () => void }) {
  const { rate, choose } = useMoney();
  const [amount, setAmount] = useState(rate ? String(rate.amount) : "");
  const [currency, setCurrency] = useState(rate?.currency ?? "EUR");
  const [wrong, setWrong] = useState(false);
  const id = useId();

  const submit = (event: FormEvent) => {
    event.preventDefault();
    const next = amount.trim() === "" ? null : rateOf(amount, currency.trim().toUpperCase());
    setWrong(next === null && amount.trim() !== "");
    if (next === null && amount.trim() !== "") return;
    choose?.(next);
    onClose();
  };

  return (
    <form
      className="inline-flex flex-wrap items-center gap-2"
      onSubmit={submit}
      onKeyDown={({ key }) => key === "Escape" && onClose()}
      noValidate
      aria-label="Hourly rate"
    >
      <label htmlFor={id} className="text-xs text-muted">
        One hour costs
      </label>
      <input
        id={id}
        type="text"
        inputMode="decimal"
        className="fpa-field w-20"
        // biome-ignore lint/a11y/noAutofocus: the reader has just asked for this field
        autoFocus
        value={amount}
        aria-invalid={wrong || undefined}
        onChange={(event) => setAmount(event.target.value)}
      />
      <input
        type="text"
        className="fpa-field w-20"
        aria-label="Currency"
        list={`${id}-currencies`}
        maxLength={3}
        value={currency}
        onChange={(event) => setCurrency(event.target.value)}
      />
      <datalist id={`${id}-currencies`}>
        {CURRENCIES.map((code) => (
          <option key={code} value={code} />
        ))}
      </datalist>
      <button type="submit" className="fpa-button fpa-button-accent">
        Keep
      </button>
      {wrong && (
        <p role="alert" className="text-xs text-poor">
          A rate above 0 and a currency of three letters, such as 85 EUR.
        </p>
      )}
    </form>
  );
}
