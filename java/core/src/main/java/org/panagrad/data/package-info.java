/** Data sets: what training reads its batches from, the readers of their files, and digits drawn by the program. */
@NullMarked
package org.panagrad.data;

import org.jspecify.annotations.NullMarked;
