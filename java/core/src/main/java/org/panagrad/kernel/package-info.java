/**
 * The kernels: what each operation means ({@link org.panagrad.kernel.Kernels}), and its forms in plain Java, the Vector
 * API and native code, all with the same bits.
 */
@NullMarked
package org.panagrad.kernel;

import org.jspecify.annotations.NullMarked;
