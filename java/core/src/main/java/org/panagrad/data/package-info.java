/**
 * Data sets: what training reads its batches from, of arrays or files larger than memory; readers of CSV, ARFF, PNG and
 * IDX; and digits drawn by the program.
 */
@NullMarked
package org.panagrad.data;

import org.jspecify.annotations.NullMarked;
