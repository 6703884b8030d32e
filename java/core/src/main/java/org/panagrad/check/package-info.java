/** Checks of arguments that kernels and losses share. Not exported: nothing here is for users. */
@NullMarked
package org.panagrad.check;

import org.jspecify.annotations.NullMarked;
