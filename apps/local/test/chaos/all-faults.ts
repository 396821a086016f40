/** All faults at once, as `--chaos` takes them. A crash is rarer than the others: each one starts a process. */
export const allFaults =
  'duplicate=0.1,reorder=0.1,drop-response=0.05,function-crash=0.02,throttle=0.1,partner-down=0.2';
