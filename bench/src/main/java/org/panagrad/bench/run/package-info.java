/** The frame of {@code ./panagrad bench}: what runs, what came of it, and how it is told. */
@NullMarked
package org.panagrad.bench.run;

import org.jspecify.annotations.NullMarked;
