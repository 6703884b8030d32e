/**
 * The bridge to native code: the only package that touches {@link java.lang.foreign.Linker}. It finds and loads the
 * libraries, shakes hands with them, and calls kernels: a class for each family, a method for each signature. The
 * function's address comes first, so that tiers share the handles.
 *
 * <p>Each signature is bound twice. A <em>critical</em> call takes heap arrays without a copy and costs least, but the
 * JVM cannot stop the thread before it returns: it is used for at most {@code step} units, which the caller chooses as
 * about 10 microseconds of work, and longer ranges on the heap are cut into such pieces. Longer ranges off the heap
 * take one <em>plain</em> call, during which the JVM may stop as it likes.
 */
@NullMarked
package org.panagrad.ffi;

import org.jspecify.annotations.NullMarked;
