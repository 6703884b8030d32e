/**
 * Files: safetensors, the JSON in them, and writing a file wholly or not at all.
 *
 * <p>
 * A reader trusts nothing a file says about itself: it checks every length against the bytes that are there before it
 * allocates, and reports what is wrong as a {@link org.panagrad.io.DataException}.
 */
@NullMarked
package org.panagrad.io;

import org.jspecify.annotations.NullMarked;
