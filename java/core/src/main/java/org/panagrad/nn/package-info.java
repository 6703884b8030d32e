/** Layers and how they make a model. */
@NullMarked
package org.panagrad.nn;

import org.jspecify.annotations.NullMarked;
