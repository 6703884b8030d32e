/** Programs that train something small: one for each kind of problem that the library is for. */
@NullMarked
package org.panagrad.examples;

import org.jspecify.annotations.NullMarked;
