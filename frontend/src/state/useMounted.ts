import { useSyncExternalStore } from "react";

const never = () => () => {};

/** False on a server and while its markup is taken over, where there is no address, no storage and no zone to read. */
export const useMounted = (): boolean =>
  useSyncExternalStore(
    never,
    () => true,
    () => false,
  );
