/** Update rules. */
@NullMarked
package org.panagrad.optim;

import org.jspecify.annotations.NullMarked;
