/** Training: model, fit, evaluate, predict, history, listeners. */
@NullMarked
package org.panagrad.train;

import org.jspecify.annotations.NullMarked;
