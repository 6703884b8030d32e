/** The command line: {@code panagrad train | evaluate | predict | info}. */
@NullMarked
package org.panagrad.app;

import org.jspecify.annotations.NullMarked;
