import { createContext, useContext } from "react";

/** In a long table only one row at a time can be reached with Tab; arrows move between rows. */
export const Reach = createContext(true);

/** For a button in a row: undefined where Tab may reach it. */
export const useTabStop = (): -1 | undefined => (useContext(Reach) ? undefined : -1);
