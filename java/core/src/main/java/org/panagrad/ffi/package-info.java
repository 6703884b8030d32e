/**
 * The bridge to native code: the only package that touches {@link java.lang.foreign.Linker}. It finds and loads the
 * libraries, shakes hands with them, and holds one method handle for each signature.
 */
@NullMarked
package org.panagrad.ffi;

import org.jspecify.annotations.NullMarked;
