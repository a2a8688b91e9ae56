import { useState } from "react";
import { Link, Route, Routes, useLocation } from "react-router";
import { Analytics } from "./Analytics";

/** An application with a look of its own: a theme that it switches by a class, and a router that owns the URL. */
export function App() {
  const [dark, setDark] = useState(false);
  return (
    <div className={dark ? "dark" : "light"}>
      <nav aria-label="Application" className="flex gap-4 p-4 dark:bg-slate-900 dark:text-white">
        <Link to="/">Home</Link>
        <Link to="/analytics">Analytics</Link>
        <Link to="/analytics?tab=psa">PSA analytics</Link>
        <button type="button" onClick={() => setDark(!dark)}>
          {dark ? "Light" : "Dark"}
        </button>
      </nav>
      <Routes>
        <Route path="/" element={<h1>Home</h1>} />
        <Route path="/analytics" element={<Analytics />} />
        <Route path="*" element={<Elsewhere />} />
      </Routes>
    </div>
  );
}

/** Where the page sends the reader: the flow editor and the tickets are the application's. */
function Elsewhere() {
  const { pathname, search } = useLocation();
  return (
    <h1>
      {pathname}
      {search}
    </h1>
  );
}
