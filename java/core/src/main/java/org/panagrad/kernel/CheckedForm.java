package org.panagrad.kernel;

/** What the checks of all families share. */
interface CheckedForm {
  /** Computes what has been checked, and trusts its arguments. */
  Kernels backend();
}
