/** Losses of a batch, with their gradients. */
@NullMarked
package org.panagrad.loss;

import org.jspecify.annotations.NullMarked;
