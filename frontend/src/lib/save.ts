/** Hands a text to the reader as a file. */
export function saveCsv(text: string, name: string): void {
  const link = document.createElement("a");
  link.href = URL.createObjectURL(new Blob([text], { type: "text/csv;charset=utf-8" }));
  link.download = name;
  link.click();
  // The browser has taken the blob once the click is handled.
  window.setTimeout(() => URL.revokeObjectURL(link.href), 0);
}
